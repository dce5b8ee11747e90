import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { publishedTable } from '../../src/analysis/index.js'
import { thesisArms } from '../../src/thesis/arms.js'
import { compareToPublished } from '../../src/thesis/compare.js'
import { PUBLISHED_TABLE_IDS, publishedTables, Reproduction } from '../../src/thesis/reproduction.js'
import { record, sweep } from '../analysis/records.js'

const read = (path: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')) as unknown
const ours = '../../data/thesis/tables.json'
const shared = '../../../shared/thesis/tables.json'

interface Published {
  readonly tables: readonly { readonly id: string; readonly rows: Record<string, number[]> }[]
}

const reproduction = (records = sweep()) =>
  new Reproduction({
    records: records.map((one) => ({ ...one, attempts: 1 })),
    arms: thesisArms(32),
    setting: {
      model: 'test',
      protocol: 'paired',
      mapping: 'described',
      decodePositions: 'recomputed',
      temperature: 0.8,
      seed: 0,
    },
    notes: ['A note.'],
    warnings: [],
  })

describe('the published side', () => {
  it.runIf(existsSync(fileURLToPath(new URL(shared, import.meta.url))))('is what was handed over', () => {
    expect(read(ours)).toEqual(read(shared))
  })

  it('is in every table, row and arm, in the order of the file', () => {
    const { tables } = read(ours) as Published
    expect(publishedTables().map(({ id }) => id)).toEqual(tables.map(({ id }) => id))
    const seen = reproduction().tables.map(({ id, rows }) => ({
      id,
      rows: Object.fromEntries(
        rows.map(({ name, cells }) => [name, cells.map(({ published }) => published)]),
      ),
    }))
    expect(seen).toEqual(tables.map(({ id, rows }) => ({ id, rows })))
  })
})

describe('the measured side', () => {
  const arms = thesisArms(32)
  const table = (records: Parameters<typeof compareToPublished>[1]) =>
    compareToPublished(publishedTable('response_rates'), records, arms, '')
  const rows = (layer: number | null, responds: readonly boolean[]) =>
    responds.map((one, taskId) => record({ taskId, layer, responds: one }))

  it('is the mean of each metric, with the difference', () => {
    const records = sweep({ problems: 30 })
    const [, , , structure] = reproduction(records).tables
    const cell = structure!.rows.find(({ name }) => name === 'lines_of_code')!.cells[1]!
    const values = records
      .filter(({ layer }) => layer === 10)
      .map(({ metrics }) => metrics['lines'] ?? null)
      .filter((value) => value !== null)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    expect(cell.measured).toBeCloseTo(mean, 12)
    expect(cell.count).toBe(values.length)
    expect(cell.difference).toBeCloseTo(mean - 11.5893, 12)
    expect(cell.interval![0]).toBeLessThan(mean)
    expect(cell.interval![1]).toBeGreaterThan(mean)
  })

  it('agrees exactly where the published figure lies in the interval', () => {
    const cells = reproduction(sweep({ problems: 40 })).tables.flatMap((one) =>
      one.rows.flatMap((row) => row.cells),
    )
    const compared = cells.filter(({ interval }) => interval !== null)
    expect(compared).toHaveLength(68)
    for (const { agrees, interval, published } of compared)
      expect(agrees).toBe(interval![0] <= published && published <= interval![1])
    expect(new Set(compared.map(({ agrees }) => agrees))).toEqual(new Set([true, false]))
  })

  it('has the exact interval where all respond or none does: 20 of 20 do not refute 0.9941', () => {
    const all = (value: boolean) => Array.from({ length: 20 }, () => value)
    const [rate] = table([...rows(23, all(true)), ...rows(null, all(false))]).rows
    // scipy.stats.binomtest(20, 20).proportion_ci(0.95, 'exact')
    expect(rate!.cells[2]!.interval![0]).toBeCloseTo(0.8315665, 6)
    expect(rate!.cells[2]!).toMatchObject({ measured: 1, agrees: true })
    expect(rate!.cells[3]!).toMatchObject({ measured: 0, agrees: false })
  })

  it('is empty for an arm that has not been run', () => {
    const [rate, size] = table(rows(1, [true, false, true])).rows
    expect(rate!.cells[0]!.measured).toBeCloseTo(2 / 3)
    expect(rate!.cells[1]).toMatchObject({ measured: null, difference: null, interval: null, agrees: null })
    expect(size!.cells.map(({ measured }) => measured)).toEqual([3, 0, 0, 0])
  })

  it('does not depend on the order of the records', () => {
    const records = sweep({ problems: 25, samples: 2 })
    const intervals = (of: Reproduction) =>
      of.tables.flatMap((one) => one.rows.flatMap((row) => row.cells.map(({ interval }) => interval)))
    expect(intervals(reproduction([...records].reverse()))).toEqual(intervals(reproduction(records)))
  })
})

describe('a reproduced table', () => {
  const table = reproduction().table('code_quality')

  it('has a line for every row and arm in CSV', () => {
    const lines = table.toCSV().trim().split('\r\n')
    expect(lines).toHaveLength(1 + 2 * 4)
    expect(lines[1]).toMatch(/^code_quality,syntactic_correctness,layer 1,layer 1,0.1915,/)
  })

  it('is LaTeX, Markdown, HTML and text, with what was run below', () => {
    for (const text of [table.toLaTeX(), table.toMarkdown(), table.toHTML(), table.toText()]) {
      expect(text).toContain('0.1915')
      expect(text).toContain('A note.')
    }
  })

  it('has a chart for every mean', () => {
    const charts = table.charts()
    expect(charts).toHaveLength(2)
    expect(reproduction().tables.flatMap((one) => one.charts())).toHaveLength(17)
    expect(charts[0]!.data[0]).toMatchObject({ name: 'published', x: [0.1915, 0.869, 0.9762, 0.9762] })
  })

  it('that does not exist is an error', () => {
    expect(() => reproduction().table('outcomes' as never)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_TABLE' }),
    )
    expect(PUBLISHED_TABLE_IDS).toHaveLength(7)
  })
})
