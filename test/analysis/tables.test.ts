import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  AnalysisError,
  TABLE_IDS,
  Table,
  describeMetric,
  publishedTable,
  thesisTable,
  type PublishedTableId,
} from '../../src/analysis/index.js'
import { permuted, record, sweep } from './records.js'

const PUBLISHED = TABLE_IDS.filter((id): id is PublishedTableId => id !== 'outcomes')

describe('thesisTable', () => {
  it('skips null in means, and counts every generation in the response rate', () => {
    const records = [
      record({ taskId: 1, metrics: { lines: 4, characters: 1, comment_lines: 0, comment_ratio: 0 } }),
      record({ taskId: 2, responds: false, metrics: { lines: null } }),
      record({ taskId: 3, metrics: { lines: 8, characters: 2, comment_lines: 0, comment_ratio: 0 } }),
      record({ taskId: 1, layer: 2, responds: false, metrics: {} }),
    ]
    const structure = thesisTable(records, 'code_structure')
    expect(structure.arms).toEqual(['layer 2', 'original'])
    expect(structure.rows[0]).toMatchObject({ name: 'lines_of_code', values: [null, 6], counts: [0, 2] })
    const response = thesisTable(records, 'response_rates')
    expect(response.rows.map(({ name, values }) => [name, values])).toEqual([
      ['response_rate', [0, 2 / 3]],
      ['sample_size', [1, 3]],
    ])
  })

  it('keeps what was not run out of the outcomes, and a failure apart from it', () => {
    const records = [
      record({ taskId: 1, parses: true, passed: false }),
      record({ taskId: 2, parses: false, passed: null }),
      record({ taskId: 3, parses: null, passed: null }),
      record({ taskId: 4, parses: true, passed: true }),
      record({ taskId: 4, layer: 0, parses: null, passed: null }),
    ]
    const { rows } = thesisTable(records, 'outcomes')
    expect(rows.map(({ name, values, counts }) => [name, values[1], counts[1]])).toEqual([
      ['parses', 2 / 3, 3],
      ['parses_count', 2, 3],
      ['passed', 1 / 2, 2],
      ['passed_count', 1, 2],
    ])
    expect(rows.map(({ values, counts }) => [values[0], counts[0]])).toEqual([
      [null, 0],
      [null, 0],
      [null, 0],
      [null, 0],
    ])
  })

  it('orders arms by depth, not by name, with the original last', () => {
    expect(thesisTable(sweep({ layers: [10, 2, 0] }), 'response_rates').arms).toEqual([
      'layer 0',
      'layer 2',
      'layer 10',
      'original',
    ])
  })

  it.each(PUBLISHED)('has the rows and labels of the published table %s', (id) => {
    const published = publishedTable(id)
    const table = thesisTable(sweep(), id)
    expect(table.rows.map((row) => row.name)).toEqual(published.rows.map((row) => row.name))
    expect(table.rows.map((row) => row.label)).toEqual(published.rows.map((row) => row.label))
    expect(table.arms).toEqual(published.arms)
  })

  it.each(TABLE_IDS)('does not depend on the order of the records: %s', (id) => {
    const records = sweep({ samples: 2 })
    expect(thesisTable(permuted(records), id)).toEqual(thesisTable(records, id))
  })

  it('asks for the metrics that the thesis’ own code measured', () => {
    const cases = JSON.parse(
      readFileSync(new URL('../golden/thesis-metrics.json', import.meta.url), 'utf8'),
    ) as { metrics: Record<string, number | null> }[]
    const records = cases.map(({ metrics }, taskId) => record({ taskId, metrics }))
    for (const id of PUBLISHED) {
      for (const { values, counts } of thesisTable(records, id).rows) {
        expect(values[0]).not.toBeNull()
        expect(counts[0]).toBe(id === 'response_rates' ? 275 : 214)
      }
    }
    const efforts = cases.flatMap(({ metrics }) => metrics['effort'] ?? [])
    expect(thesisTable(records, 'halstead_complexity').rows[1]!.values[0]).toBeCloseTo(
      efforts.reduce((sum, effort) => sum + effort, 0) / 214,
      9,
    )
  })

  it('names the table or metric that is missing', () => {
    expect(() => thesisTable(sweep(), 'speed' as never)).toThrow(/"speed".*response_rates.*outcomes/)
    expect(() => thesisTable(sweep(), 'toString' as never)).toThrow(AnalysisError)
    expect(() => thesisTable([record()], 'code_complexity')).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_METRIC' }),
    )
    expect(() => thesisTable([], 'outcomes')).toThrow(expect.objectContaining({ code: 'NO_RECORDS' }))
  })
})

describe('publishedTable', () => {
  it('says that it is published, and prints the thesis’ figures', () => {
    const table = publishedTable('response_rates')
    expect(table.toText()).toMatchInlineSnapshot(`
      "Response rates, as published
      ────────────────────────────────────────────────────
                     layer 1  layer 10  layer 23  original
      ────────────────────────────────────────────────────
      Response rate   0.5799    0.9941    0.9941    0.9941
      Sample size        169       169       169       169
      ────────────────────────────────────────────────────
      Published: Soran Ghaderi, Neural Integration of Iterative Reasoning (NIR) in LLMs for Code Generation, University of Essex, MSc thesis, September 2024. Meta-Llama-3.1-8B-Instruct (32 decoder layers, hidden size 4096)."
    `)
    expect(table.rows.every((row) => row.counts.length === 0)).toBe(true)
  })

  it('has no outcomes', () => {
    expect(() => publishedTable('outcomes' as never)).toThrow(/"outcomes".*halstead_complexity/)
  })
})

describe('Table', () => {
  it('is aligned as text, with the number of values below', () => {
    expect(thesisTable(sweep(), 'code_structure').toText()).toMatchInlineSnapshot(`
      "Code structure
      ────────────────────────────────────────────────────
                     layer 1  layer 10  layer 23  original
      ────────────────────────────────────────────────────
      Lines of code   2.6583    3.7500    5.1691    6.5882
      Characters      3.3250    4.4167    5.9926    6.7059
      Comment lines   3.8583    4.6389    5.1691    8.0000
      Comment ratio   5.6583    4.4167    6.4044    9.0588
      n                   15        18        17        17
      ────────────────────────────────────────────────────"
    `)
  })

  it('shows the number of values in the cell where rows differ in it', () => {
    const table = new Table({
      id: 't',
      caption: 'T',
      arms: ['original'],
      rows: [
        { name: 'a', label: 'A', values: [0.5], counts: [4] },
        { name: 'b', label: 'B', values: [null], counts: [0] },
      ],
    })
    expect(table.toText()).toContain('0.5000 (4)')
    expect(table.toText()).toContain('– (0)')
    expect(table.toHTML()).toContain('<tfoot>')
  })

  it('runs 33 arms down the page, in lines that fit a terminal', () => {
    const table = thesisTable(sweep({ layers: [...Array(32).keys()] }), 'halstead_basic')
    const lines = table.toText().split('\n')
    expect(lines.length).toBe(33 + 5)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110)
    expect(lines[4]).toMatch(/^layer 0 /)
    expect(lines.at(-2)).toMatch(/^original /)
    expect(table.toHTML().match(/<th scope="row"/g)).toHaveLength(33)
  })

  it('gives a notebook HTML and text', () => {
    const table = thesisTable(sweep(), 'outcomes')
    const display = (table as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for('Jupyter.display')
    ]!.call(table)
    expect(display).toEqual({ 'text/html': table.toHTML(), 'text/plain': table.toText() })
  })

  const awkward = new Table({
    id: 't',
    caption: '<b>"T" & co</b>',
    arms: ['layer 1, permuted', 'a "b"\nc', 'original'],
    rows: [{ name: 'x', label: '<x>', values: [1 / 3, null, 2], counts: [3, 0, 1] }],
  })

  it('quotes its CSV after RFC 4180 and keeps every digit', () => {
    expect(awkward.toCSV()).toBe(
      'arm,x,x_n\r\n"layer 1, permuted",0.3333333333333333,3\r\n"a ""b""\nc",,0\r\noriginal,2,1\r\n',
    )
  })

  it('escapes its HTML', () => {
    expect(awkward.toHTML()).toContain('<caption>&lt;b&gt;&quot;T&quot; &amp; co&lt;/b&gt;</caption>')
    expect(awkward.toHTML()).toContain('&lt;x&gt;')
  })

  it('becomes a frame of one row per arm', async () => {
    const frame = await awkward.toFrame()
    expect(frame.columns).toEqual(['arm', 'x', 'x_n'])
    expect(frame.dtypes).toEqual(['string', 'float32', 'int32'])
    expect(frame.values).toEqual([
      ['layer 1, permuted', 1 / 3, 3],
      ['a "b"\nc', null, 0],
      ['original', 2, 1],
    ])
  })

  it('leaves counts out of the frame where none are known', async () => {
    const frame = await publishedTable('code_complexity').toFrame()
    expect(frame.columns).toEqual(['arm', 'cyclomatic_complexity'])
  })
})

describe('describeMetric', () => {
  it('gives null for an arm without values, and for the deviation of one', () => {
    const table = describeMetric(
      [record({ layer: 1, metrics: { lines: null } }), record({ metrics: { lines: 5 } })],
      'lines',
    )
    const row = (name: string) => table.rows.find((candidate) => candidate.name === name)!
    expect(row('mean')).toMatchObject({ values: [null, 5], counts: [0, 1] })
    expect(row('sd').values).toEqual([null, null])
    expect(row('median').values).toEqual([null, 5])
  })

  it('does not depend on the order of the records', () => {
    expect(describeMetric(permuted(sweep()), 'effort')).toEqual(describeMetric(sweep(), 'effort'))
  })
})
