import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import {
  compareToOriginal,
  crossLayerHeatmap,
  depthChart,
  depthCurvesChart,
  describeMetric,
  distributionChart,
  forestChart,
  outcomeChart,
  problemHeatmap,
  type BarTrace,
  type BoxTrace,
  type Figure,
  type HeatmapTrace,
  type ScatterTrace,
} from '../../src/analysis/index.js'
import { figureBundle, isFigure, PLOTLY_MIME } from '../../kernel/display/plotly.js'
import { permuted, record, sweep } from './records.js'

/** Every capture layer into every injection layer, but one. */
const crossed = [0, 2, 5].flatMap((captureLayer) =>
  [1, 4].flatMap((layer) =>
    captureLayer === 5 && layer === 4
      ? []
      : [7, 8].map((taskId) =>
          record({
            taskId,
            layer,
            captureLayer,
            arm: `layer ${layer} from ${captureLayer}`,
            passed: taskId === 7 || captureLayer === 2,
            metrics: { lines: captureLayer * 10 + layer },
          }),
        ),
  ),
)

const figures: [string, (records: ReturnType<typeof sweep>) => Figure][] = [
  ['depth', (records) => depthChart(records, 'passed')],
  ['curves', (records) => depthCurvesChart({ one: records, two: records }, 'lines')],
  ['forest', (records) => forestChart(records, 'volume')],
  ['outcomes', (records) => outcomeChart(records)],
  ['distribution', (records) => distributionChart(records, 'characters')],
  ['cross-layer', (records) => crossLayerHeatmap(records, 'passed')],
  ['problems', (records) => problemHeatmap(records, 'passed')],
]

describe.each(figures)('every figure: %s', (_name, draw) => {
  const records = sweep({ samples: 2 })

  it('has a title, how many problems, and titles with units on both axes', () => {
    const { layout } = draw(records)
    expect(layout.title.text).not.toBe('')
    expect(layout.title.subtitle!.text).toMatch(/^20 problems/)
    for (const axis of [layout.xaxis, layout.yaxis]) expect(axis.title.text).not.toBe('')
  })

  it('is plain JSON that does not depend on the order of the records', () => {
    const figure = draw(records)
    expect(JSON.parse(JSON.stringify(figure))).toEqual({ ...figure })
    expect(draw(permuted(records))).toEqual(figure)
  })
})

describe('a figure in a notebook', () => {
  it('is drawn by the kernel as the same plain data', () => {
    const figure = outcomeChart(sweep())
    expect(isFigure(figure)).toBe(true)
    expect(figureBundle(figure, false)[PLOTLY_MIME]).toEqual({ ...figure })
  })
})

describe('forestChart', () => {
  const traces = (figure: Figure) => figure.data as ScatterTrace[]

  it('draws the paired differences and intervals of the comparison, filled where they differ', () => {
    const records = sweep({ layers: [1, 10, 23] })
    const { rows } = compareToOriginal(records, 'passed')
    const figure = forestChart(records, 'passed')
    const found = traces(figure)
      .filter(({ error_x }) => error_x)
      .flatMap(({ x, y, error_x, marker }) =>
        x.map((at, i) => ({
          line: y[i]!,
          at,
          up: error_x!.array[i]!,
          down: error_x!.arrayminus[i]!,
          marker,
        })),
      )
      .sort((a, b) => a.line - b.line)
    expect(figure.layout.yaxis.ticktext).toEqual(rows.map(({ arm }) => arm))
    expect(figure.layout.xaxis.title.text).toContain('percentage points')
    rows.forEach((row, i) => {
      expect(found[i]!.at).toBeCloseTo(100 * row.difference!, 10)
      expect(found[i]!.at + found[i]!.up).toBeCloseTo(100 * row.interval![1], 10)
      expect(found[i]!.at - found[i]!.down).toBeCloseTo(100 * row.interval![0], 10)
      expect(found[i]!.marker!.color === '#FFFFFF').toBe(row.adjustedPValue! >= 0.05)
    })
    const ticks = traces(figure).find(({ name }) => name.startsWith('smallest'))!
    expect(ticks.x.filter((at) => at > 0)).toEqual(rows.map((row) => 100 * row.detectable!))
  })

  it('leaves out arms without a pair', () => {
    const records = sweep().map((r) => (r.layer === 10 ? { ...r, metrics: { lines: null } } : r))
    expect(forestChart(records, 'lines').layout.yaxis.ticktext).toEqual(['layer 1', 'layer 23'])
  })

  it('needs an original', () => {
    expect(() => forestChart([record({ layer: 1 })], 'passed')).toThrow(/No record is of the arm/)
  })
})

describe('outcomeChart', () => {
  it('shares out every generation, the unrun and the unknown too', () => {
    const records = [
      record({ taskId: 1, outcome: 'passed' }),
      record({ taskId: 2, outcome: 'timeout' }),
      record({ taskId: 3, outcome: null }),
      record({ taskId: 4, outcome: 'of a later version' }),
      record({ taskId: 1, layer: 3, outcome: 'passed' }),
    ]
    const bars = outcomeChart(records).data as BarTrace[]
    expect(bars.map(({ name, x, y }) => [name, x, y])).toEqual([
      ['passed', ['layer 3', 'original'], [1, 0.25]],
      ['timeout', ['layer 3', 'original'], [0, 0.25]],
      ['of a later version', ['layer 3', 'original'], [0, 0.25]],
      ['not run', ['layer 3', 'original'], [0, 0.25]],
    ])
  })

  it('gives no two outcomes the same look', () => {
    const outcomes = [
      'passed',
      'failed',
      'exception',
      'timeout',
      'memory',
      'crashed',
      'does not parse',
      'no function',
      null,
    ]
    const bars = outcomeChart(outcomes.map((outcome, taskId) => record({ taskId, outcome })))
      .data as BarTrace[]
    expect(bars).toHaveLength(outcomes.length)
    expect(new Set(bars.map(({ marker }) => marker.color)).size).toBe(outcomes.length)
    // In grey the plain ones are dark blue, black and white.
    expect(new Set(bars.flatMap(({ marker }) => marker.pattern.shape || [])).size).toBe(outcomes.length - 3)
  })
})

describe('distributionChart', () => {
  it('draws the quartiles of describeMetric and every value', () => {
    const records = sweep({ samples: 3 })
    const table = describeMetric(records, 'effort')
    const boxes = distributionChart(records, 'effort').data as BoxTrace[]
    expect(boxes.flatMap(({ x }) => x)).toEqual(table.arms)
    const row = (name: string) => table.rows.find((candidate) => candidate.name === name)!
    for (const [name, statistic] of [
      ['q1', 'q25'],
      ['median', 'median'],
      ['q3', 'q75'],
      ['mean', 'mean'],
    ] as const)
      boxes
        .flatMap((trace) => trace[name])
        .forEach((value, i) => {
          expect(value).toBeCloseTo(row(statistic).values[i]!, 12)
        })
    expect(boxes.flatMap(({ y }) => y.map((values) => values.length))).toEqual(row('mean').counts)
  })

  it('keeps whiskers within one and a half boxes', () => {
    const values = [1, 2, 3, 4, 100]
    const [box] = distributionChart(
      values.map((value, taskId) => record({ taskId, metrics: { lines: value } })),
      'lines',
    ).data as BoxTrace[]
    expect(box).toMatchObject({
      q1: [2],
      median: [3],
      q3: [4],
      lowerfence: [1],
      upperfence: [4],
      y: [values],
    })
  })
})

describe('crossLayerHeatmap', () => {
  it('has capture layers up, injection layers across, means over problems, and gaps', () => {
    const figure = crossLayerHeatmap([...crossed, record({ taskId: 7, passed: false })], 'passed')
    const heat = figure.data[0] as HeatmapTrace
    expect(heat.x).toEqual(['1', '4'])
    expect(heat.y).toEqual(['0', '2', '5'])
    expect(heat.z).toEqual([
      [0.5, 0.5],
      [1, 1],
      [0.5, null],
    ])
    expect(figure.layout.title.subtitle!.text).toBe('2 problems; original: 0.0 %')
  })

  it('needs records with both layers', () => {
    expect(() => crossLayerHeatmap([record()], 'passed')).toThrow(
      expect.objectContaining({ code: 'NO_RECORDS' }),
    )
  })
})

describe('depthCurvesChart', () => {
  it('draws a curve a sweep, each with a dash and marker of its own', () => {
    const [one, two] = [sweep({ layers: [1, 2] }), sweep({ layers: [2, 3, 4] })]
    const lines = (depthCurvesChart({ one, two }, 'passed').data as ScatterTrace[]).filter(
      ({ marker }) => marker,
    )
    expect(lines.map(({ x }) => x)).toEqual([
      [1, 2],
      [2, 3, 4],
    ])
    expect(lines[0]!.y).toEqual(
      (depthChart(one, 'passed').data as ScatterTrace[]).find(({ marker }) => marker)!.y,
    )
    expect(new Set(lines.map(({ line }) => line!.dash)).size).toBe(2)
    expect(new Set(lines.map(({ marker }) => marker!.symbol)).size).toBe(2)
  })

  it('refuses more curves than can be told apart', () => {
    const six = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, sweep()]))
    for (const sweeps of [{}, six])
      expect(() => depthCurvesChart(sweeps, 'passed')).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      )
  })
})

describe('Figure.save', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nir-figures-'))
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })
  const figure = forestChart(
    sweep().map((r) => (r.layer === 1 ? { ...r, arm: '</script> & "layer" 1' } : r)),
    'passed',
  )
  const browser = process.env['CHROMIUM'] ?? 'chromium'
  const hasBrowser = spawnSync(browser, ['--version']).status === 0

  it.skipIf(!hasBrowser)('writes a PNG of the size asked for', async () => {
    const path = join(folder, 'a.png')
    await figure.save(path, { width: 300, height: 200, scale: 2 })
    const png = readFileSync(path)
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([600, 400])
  })

  it.skipIf(!hasBrowser)('writes an SVG with the titles and labels as text', async () => {
    const path = join(folder, 'a.SVG')
    await figure.save(path)
    const svg = readFileSync(path, 'utf8')
    expect(svg).toMatch(/^<svg [^>]*width="900"/)
    for (const text of [figure.layout.title.text, 'injected − original (percentage points)', 'layer 23'])
      expect(svg).toContain(text)
    expect(svg.trimEnd()).toMatch(/<\/svg>$/)
  })

  it.skipIf(!hasBrowser).each(figures)(
    'writes every figure: %s',
    { timeout: 120_000 },
    async (name, draw) => {
      const drawn = draw(name === 'cross-layer' ? crossed : sweep())
      await drawn.save(join(folder, `${name}.svg`))
      expect(readFileSync(join(folder, `${name}.svg`), 'utf8')).toContain(drawn.layout.xaxis.title.text)
      if (name !== 'depth') return // a browser for one picture of pixels is enough
      await drawn.save(join(folder, `${name}.png`))
      expect(
        readFileSync(join(folder, `${name}.png`))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG')
    },
  )

  it('says how to get a browser where there is none', async () => {
    vi.stubEnv('PATH', folder)
    vi.stubEnv('CHROMIUM', undefined)
    const path = join(folder, 'none.png')
    if (process.platform === 'linux')
      await expect(figure.save(path)).rejects.toMatchObject({
        code: 'NO_BROWSER',
        message: expect.stringMatching(
          /^There is no Chromium[^\n]*apt-get install chromium[^\n]*$/,
        ) as string,
      })
    vi.stubEnv('CHROMIUM', join(folder, 'nothing'))
    await expect(figure.save(path)).rejects.toMatchObject({ code: 'NO_BROWSER' })
    expect(existsSync(path)).toBe(false)
  })

  it('says what the browser said where it fails', async () => {
    vi.stubEnv('CHROMIUM', '/bin/false')
    await expect(figure.save(join(folder, 'b.png'))).rejects.toMatchObject({ code: 'BROWSER_FAILED' })
    expect(existsSync(join(folder, 'b.png'))).toBe(false)
  })

  it('refuses other endings', async () => {
    await expect(figure.save(join(folder, 'a.pdf'))).rejects.toMatchObject({ code: 'UNKNOWN_FORMAT' })
  })
})
