import type { Config, Data, Layout } from 'plotly.js-dist-min'
import { describe, expect, it } from 'vitest'
import {
  compareToOriginal,
  depthChart,
  problemHeatmap,
  type Figure,
  type HeatmapTrace,
  type ScatterTrace,
} from '../../src/analysis/index.js'
import { permuted, record, sweep } from './records.js'

/** Compiles only where plotly's own types accept our figures. */
const asPlotly = (figure: Figure): { data: Data[]; layout: Partial<Layout>; config: Partial<Config> } => ({
  data: figure.data.map((trace): Data => {
    switch (trace.type) {
      case 'scatter':
        return { ...trace }
      case 'bar':
        return { ...trace }
      case 'box':
        return { ...trace }
      case 'heatmap':
        return { ...trace }
    }
  }),
  layout: { ...figure.layout },
  config: figure.config,
})

const scatter = (figure: Figure, name: RegExp) =>
  figure.data.find((trace): trace is ScatterTrace => trace.type === 'scatter' && name.test(trace.name))!

describe('depthChart', () => {
  it.each(['lines', 'effort', 'responds', 'parses', 'passed'])('is plain plotly JSON: %s', (metric) => {
    const figure = depthChart(sweep(), metric)
    expect(JSON.parse(JSON.stringify(asPlotly(figure)))).toEqual({ ...figure })
  })

  it('draws the mean of each depth and the original as a horizontal line', () => {
    const records = sweep()
    const figure = depthChart(records, 'passed')
    const rate = (layer: number | null) => {
      const rows = records.filter((r) => r.layer === layer)
      return rows.filter((r) => r.passed).length / rows.length
    }
    expect(scatter(figure, /with injection/).x).toEqual([1, 10, 23])
    expect(scatter(figure, /with injection/).y).toEqual([1, 10, 23].map(rate))
    expect(new Set(scatter(figure, /^original/).y)).toEqual(new Set([rate(null)]))
    expect(scatter(figure, /^original/).x).toEqual([0.5, 12, 23.5])
    expect(figure.layout.yaxis.tickformat).toBe('.0%')
  })

  it('draws what every generation says of itself, such as how sure the model was', () => {
    const records = sweep().map((one) => ({ ...one, meanLogProbability: -(one.layer ?? 9) / 4 }))
    const curve = scatter(depthChart(records, 'mean_log_probability'), /^with injection/)
    expect(curve.y).toEqual(curve.x.map((layer) => -Number(layer) / 4))
    expect(scatter(depthChart(records, 'tokens'), /^with injection/).y.every(Number.isFinite)).toBe(true)
  })

  it('draws a band that holds every mean', () => {
    const figure = depthChart(sweep({ layers: [0, 1, 2, 3] }), 'lines')
    const means = scatter(figure, /with injection/)
    const band = figure.data.find(
      (trace): trace is ScatterTrace =>
        trace.type === 'scatter' && trace.legendgroup === 'injected' && trace.fill === 'toself',
    )!
    expect(band.x).toEqual([0, 1, 2, 3, 3, 2, 1, 0])
    means.y.forEach((mean, i) => {
      expect(band.y[i]).toBeGreaterThanOrEqual(mean)
      expect(band.y[7 - i]).toBeLessThanOrEqual(mean)
    })
  })

  it('fills the markers of depths that differ from the original after Holm', () => {
    const records = Array.from({ length: 12 }, (_, taskId) => [
      record({ taskId, metrics: { lines: 50 * taskId } }),
      record({ taskId, layer: 1, metrics: { lines: 50 * taskId + 1 } }),
      record({ taskId, layer: 2, metrics: { lines: 50 * taskId + (taskId % 2 ? 1 : -1) } }),
    ]).flat()
    const { marker, text } = scatter(depthChart(records, 'lines'), /with injection/)
    expect(marker!.color).toEqual(['#0072B2', '#FFFFFF'])
    expect(compareToOriginal(records, 'lines').rows.map((row) => row.adjustedPValue! < 0.05)).toEqual([
      true,
      false,
    ])
    expect(text![0]).toBe(
      '<b>layer 1</b><br>mean 276 [180.2, 371.8]<br>12 of 12 generations' +
        '<br>vs original +1 [+1, +1]<br>p (Holm) 0.0010',
    )
  })

  it('leaves out depths without a value, and does without an original arm', () => {
    const records = sweep({ layers: [1, 2, 3] })
      .filter((r) => r.arm !== 'original')
      .map((r) => (r.layer === 2 ? { ...r, metrics: { lines: null } } : r))
    const figure = depthChart(records, 'lines')
    expect(scatter(figure, /with injection/).x).toEqual([1, 3])
    expect(figure.data.some((trace) => 'name' in trace && trace.name.startsWith('original'))).toBe(false)
  })

  it('draws one depth, one problem, or only the original without failing', () => {
    for (const records of [sweep({ layers: [4] }), sweep({ problems: 1 }), sweep({ layers: [] })]) {
      expect(() => depthChart(records, 'lines')).not.toThrow()
      expect(JSON.stringify(depthChart(records, 'lines'))).not.toMatch(/null|NaN/)
    }
  })

  it('does not depend on the order of the records', () => {
    const records = sweep({ samples: 2 })
    expect(depthChart(permuted(records), 'effort')).toEqual(depthChart(records, 'effort'))
  })

  it('lists the metrics there are when asked for another', () => {
    expect(() => depthChart(sweep(), 'speed')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_METRIC',
        remedy: expect.stringMatching(/responds, parses, passed.*effort/) as string,
      }),
    )
  })
})

describe('problemHeatmap', () => {
  const heat = (figure: Figure) => figure.data[0] as HeatmapTrace

  it('has problems down, depths across, the original last, and gaps where undefined', () => {
    const figure = problemHeatmap(
      [
        record({ taskId: 9, layer: 10, metrics: { lines: 4 } }),
        record({ taskId: 9, sample: 1, layer: 10, metrics: { lines: 6 } }),
        record({ taskId: 9, layer: 2, metrics: { lines: null } }),
        record({ taskId: 3, metrics: { lines: 0 } }),
      ],
      'lines',
    )
    expect(asPlotly(figure).data).toHaveLength(1)
    expect(heat(figure).x).toEqual(['layer 2', 'layer 10', 'original'])
    expect(heat(figure).y).toEqual(['task 3', 'task 9'])
    expect(heat(figure).z).toEqual([
      [null, null, 0],
      [null, 5, null],
    ])
  })

  it('keeps one scale for rates, so that two charts can be compared', () => {
    expect(heat(problemHeatmap(sweep(), 'passed'))).toMatchObject({ zmin: 0, zmax: 1 })
    expect(heat(problemHeatmap(sweep(), 'lines')).zmin).toBeUndefined()
  })

  it('does not depend on the order of the records, and names an unknown metric', () => {
    const records = sweep({ samples: 2 })
    expect(problemHeatmap(permuted(records), 'lines')).toEqual(problemHeatmap(records, 'lines'))
    expect(() => problemHeatmap(records, 'speed')).toThrow(/"speed"/)
  })
})
