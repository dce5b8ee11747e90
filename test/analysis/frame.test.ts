import { createRequire } from 'node:module'
import type * as Danfo from 'danfojs-node'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { describe, expect, it, vi } from 'vitest'
import {
  AnalysisError,
  aggregate,
  describeMetric,
  sortRows,
  thesisTable,
  toCSV,
  toFrame,
  toParquet,
} from '../../src/analysis/index.js'
import { frameOf } from '../../src/analysis/danfo.js'
import { permuted, record, sweep } from './records.js'

const danfo = createRequire(import.meta.url)('danfojs-node') as typeof Danfo

const FIXED = [
  'task_id',
  'arm',
  'layer',
  'capture_layer',
  'decode_positions',
  'sample',
  'seed',
  'responds',
  'parses',
  'passed',
  'outcome',
  'challenge_passed',
  'stop_reason',
  'tokens',
  'mean_log_probability',
  'mean_entropy',
  'context_tokens',
]

describe('toFrame', () => {
  it('has one row per record, the fixed columns, then the metrics, nulls kept', async () => {
    const frame = await toFrame([
      record({ taskId: 7, seed: 4_000_000_000, metrics: { lines: 3, comment_ratio: 0.1 } }),
      record({
        taskId: 7,
        layer: 1,
        responds: false,
        parses: null,
        passed: null,
        outcome: null,
        metrics: { lines: null },
      }),
    ])
    expect(frame.columns).toEqual([...FIXED, 'lines', 'comment_ratio'])
    expect(frame.values).toEqual([
      [
        7,
        'layer 1',
        1,
        1,
        'recomputed',
        0,
        1,
        false,
        null,
        null,
        null,
        null,
        'eos',
        7,
        -0.5,
        0.75,
        40,
        null,
        null,
      ],
      [
        7,
        'original',
        null,
        null,
        null,
        0,
        4_000_000_000,
        true,
        true,
        true,
        'passed',
        null,
        'eos',
        7,
        -0.5,
        0.75,
        0,
        3,
        0.1,
      ],
    ])
  })

  it('is ordered by problem, sample and depth, whatever the order of the records', async () => {
    const records = sweep({ problems: 3, samples: 2, layers: [10, 2] })
    const frame = await toFrame(permuted(records))
    expect(frame.values).toEqual((await toFrame(records)).values)
    expect(frame.loc({ columns: ['arm'] }).values.slice(0, 3)).toEqual([
      ['layer 2'],
      ['layer 10'],
      ['original'],
    ])
  })

  it('can be selected from, filtered and turned into JSON', async () => {
    const frame = await toFrame(sweep({ problems: 2 }))
    expect(frame.query(frame['arm'].eq('original')).shape[0]).toBe(2)
    expect(frame.loc({ columns: ['task_id', 'passed'] }).shape).toEqual([8, 2])
  })

  it('refuses an empty list', async () => {
    expect(() => toFrame([])).toThrow(AnalysisError)
  })
})

describe('what danfojs gets wrong is right here', () => {
  it('dtype guessed from a sample (30 whole numbers, then 2.5 → int32): types are said out loud', async () => {
    const records = Array.from({ length: 40 }, (_, i) =>
      record({ taskId: i, metrics: { difficulty: i < 30 ? 1 : 2.5, absent: null } }),
    )
    const frame = await toFrame(records)
    const types = Object.fromEntries(frame.columns.map((name, i) => [name, frame.dtypes[i]]))
    expect(types).toEqual({
      task_id: 'int32',
      arm: 'string',
      layer: 'int32',
      capture_layer: 'int32',
      decode_positions: 'string',
      sample: 'int32',
      seed: 'int32',
      responds: 'boolean',
      parses: 'boolean',
      passed: 'boolean',
      outcome: 'string',
      challenge_passed: 'boolean',
      stop_reason: 'string',
      tokens: 'int32',
      mean_log_probability: 'float32',
      mean_entropy: 'float32',
      context_tokens: 'int32',
      difficulty: 'float32',
      absent: 'float32',
    })
    expect(frame['difficulty'].values.at(-1)).toBe(2.5)
  })

  it('group means count null as 0: ours skip it', () => {
    const records = [1, 2, 3].map((taskId) =>
      record({ taskId, metrics: { cyclomatic_complexity: taskId === 2 ? null : 6 } }),
    )
    expect(thesisTable(records, 'code_complexity').rows[0]!.values).toEqual([6])
  })

  it('group keys joined with "-" merge: arms with dashes stay apart', () => {
    const records = [
      record({ arm: 'layer 1-2', layer: 1, metrics: { cyclomatic_complexity: 1 } }),
      record({ arm: 'layer 1', layer: 1, metrics: { cyclomatic_complexity: 3 } }),
      record({ arm: 'layer 1-2-3', layer: 1, metrics: { cyclomatic_complexity: 8 } }),
    ]
    const table = thesisTable(records, 'code_complexity')
    expect(table.arms).toEqual(['layer 1', 'layer 1-2', 'layer 1-2-3'])
    expect(table.rows[0]!.values).toEqual([3, 1, 8])
  })

  it('the deviation of one value is 0, and describe throws on null: ours is null, and answers', () => {
    const table = describeMetric(
      [record({ taskId: 1, metrics: { lines: 5 } }), record({ taskId: 2, metrics: { lines: null } })],
      'lines',
    )
    expect(table.rows.map(({ name, values }) => [name, values[0]])).toEqual([
      ['mean', 5],
      ['sd', null],
      ['min', 5],
      ['q25', 5],
      ['median', 5],
      ['q75', 5],
      ['max', 5],
    ])
  })

  it('arithmetic is single precision: ours is double, and the frame holds doubles', async () => {
    const values = [0.1, 0.2, 16_777_217]
    const records = values.map((value, taskId) =>
      record({ taskId, metrics: { cyclomatic_complexity: value } }),
    )
    expect(thesisTable(records, 'code_complexity').rows[0]!.values[0]).toBe((0.1 + 0.2 + 16_777_217) / 3)
    expect((await toFrame(records))['cyclomatic_complexity'].values).toEqual(values)
  })

  it('sorting 100,000 rows takes seconds: ours compares no more than sorting needs', () => {
    let read = 0
    const records = permuted(sweep({ problems: 3125, layers: [...Array(31).keys()] })).map((one) =>
      Object.defineProperty({ ...one }, 'taskId', { enumerable: true, get: () => (read++, one.taskId) }),
    )
    expect(records).toHaveLength(100_000)
    thesisTable(records, 'response_rates')
    // n·log₂(n) comparisons of two, and some to look for doubles; n² would be ten thousand million.
    expect(read).toBeLessThan(4 * 100_000 * Math.log2(100_000))
  })

  it('TensorFlow.js prints a banner at its first operation: nothing is printed', async () => {
    const printed = (['log', 'info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => undefined),
    )
    await toFrame(sweep({ problems: 1 }))
    const danfo = (await import('danfojs-node')) as unknown as {
      default: { tensorflow: { add(a: number[], b: number[]): { dataSync(): Float32Array } } }
    }
    expect([...danfo.default.tensorflow.add([1], [2]).dataSync()]).toEqual([3])
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
  })
})

/** What danfojs makes of the same frame stands beside it: where it becomes right, these cases can go. */
describe('what danfojs gets wrong of a frame, aggregate, sortRows, toCSV and toParquet get right', () => {
  const values = (frame: Danfo.DataFrame) => frame.values as unknown[][]
  const dashes = () =>
    frameOf([
      { name: 'k', type: 'string', values: ['a-b', 'a', 'a', null, 'null'] },
      { name: 'l', type: 'string', values: ['c', 'b-c', 'b-c', 'd', 'd'] },
      { name: 'v', type: 'number', values: [1, 3, null, 7, 9] },
    ])

  it('group means count null as 0, and keys joined with "-" merge', () => {
    const theirs = values(dashes().groupby(['k', 'l']).col(['v']).mean())
    expect(theirs[0]).toEqual(['a-b', 'c', 4 / 3])
    expect(values(aggregate(dashes(), ['k', 'l'], { statistics: ['n', 'mean'] }))).toEqual([
      ['a', 'b-c', 1, 3],
      ['a-b', 'c', 1, 1],
      ['null', 'd', 1, 9],
      [null, 'd', 1, 7],
    ])
  })

  it('the deviation of one value is 0', () => {
    const frame = frameOf([
      { name: 'k', type: 'integer', values: [1, 2, 2, 3] },
      { name: 'v', type: 'number', values: [5, 1, 4, null] },
    ])
    const known = frame.query(frame['k'].lt(3))
    expect(values(known.groupby(['k']).col(['v']).std())[0]).toEqual([1, 0])
    expect(values(aggregate(frame, ['k'], { statistics: ['n', 'sd', 'median'] }))).toEqual([
      [1, 1, null, 5],
      [2, 2, Math.sqrt(4.5), 2.5],
      [3, 0, null, null],
    ])
  })

  it('describe throws on nulls', () => {
    const frame = toFrame([
      record({ taskId: 1, metrics: { lines: 5 } }),
      record({ taskId: 2, metrics: { lines: null } }),
      record({ taskId: 3, metrics: { lines: 8 } }),
    ])
    expect(() => frame.describe()).toThrow()
    const described = aggregate(frame, [], {
      columns: ['lines', 'passed'],
      statistics: ['n', 'mean', 'min', 'q25', 'median', 'q75', 'max'],
    })
    expect(values(described)).toEqual([[2, 6.5, 5, 5.75, 6.5, 7.25, 8, 3, 1, 1, 1, 1, 1, 1]])
  })

  it('toCSV does not quote', () => {
    const frame = frameOf([
      { name: 'a,b', type: 'string', values: ['one, "two"', 'three\nfour', '', null] },
      { name: 'n', type: 'number', values: [0.1, 1e21, NaN, null] },
    ])
    expect(danfo.toCSV(frame)).toContain('one, "two",0.1')
    expect(toCSV(frame)).toBe('"a,b",n\r\n"one, ""two""",0.1\r\n"three\nfour",1e+21\r\n"",NaN\r\n,\r\n')
  })

  it('arithmetic is single precision', () => {
    const frame = frameOf([{ name: 'v', type: 'number', values: [16_777_217, 0.1, 0.2] }])
    expect(values(aggregate(frame, [], { statistics: ['sum', 'max'] }))).toEqual([
      [16_777_217 + 0.1 + 0.2, 16_777_217],
    ])
  })

  it('the dtype is guessed from the first rows: 30 whole numbers, then 2.5', async () => {
    const guessed = new danfo.DataFrame(
      Array.from({ length: 40 }, (_, i) => [i < 30 ? 1 : 2.5]),
      { columns: ['v'] },
    )
    expect(guessed.dtypes).toEqual(['int32'])
    const file = toParquet(guessed).buffer as ArrayBuffer
    expect(parquetMetadata(file).schema[1]).toMatchObject({ name: 'v', type: 'DOUBLE' })
    expect((await parquetReadObjects({ file })).at(-1)).toEqual({ v: 2.5 })
    expect(values(aggregate(guessed, [], { statistics: ['max'] }))).toEqual([[2.5]])
  })

  it('sorts by one column only', () => {
    const frame = frameOf([
      { name: 'a', type: 'integer', values: [2, 1, null, 1, 10] },
      { name: 'b', type: 'string', values: ['x', 'z', 'n', 'y', 'w'] },
    ])
    expect(values(sortRows(frame, ['a', 'b']))).toEqual([
      [1, 'y'],
      [1, 'z'],
      [2, 'x'],
      [10, 'w'],
      [null, 'n'],
    ])
    const descending = values(sortRows(frame, ['a'], { descending: true }))
    expect(descending.map(([a]) => a)).toEqual([10, 2, 1, 1, null])
    expect(sortRows(frame, ['a']).dtypes).toEqual(['int32', 'string'])
  })

  it('sorts 100,000 rows', () => {
    const keys = permuted([...Array(100_000).keys()])
    const sorted = sortRows(frameOf([{ name: 'k', type: 'integer', values: keys }]), ['k'])
    expect(sorted['k'].values).toEqual([...Array(100_000).keys()])
  })

  it('takes records as well as frames', () => {
    const records = sweep({ problems: 4 })
    const options = { columns: ['lines', 'passed'] }
    expect(values(aggregate(records, ['arm'], options))).toEqual(
      values(aggregate(toFrame(records), ['arm'], options)),
    )
    const table = thesisTable(records, 'code_structure')
    const byArm = aggregate(records, ['layer', 'arm'], { columns: ['lines'], statistics: ['mean', 'n'] })
    expect(values(byArm).map((row) => row.slice(2))).toEqual(
      table.arms.map((_, i) => [table.rows[0]!.values[i], table.rows[0]!.counts[i]]),
    )
  })

  it('names what does not exist or does not fit', () => {
    expect(() => aggregate(dashes(), ['x'])).toThrow(/no column "x".*k, l, v/)
    expect(() => aggregate(dashes(), [], { columns: ['k'] })).toThrow(/"k" holds strings/)
    expect(() => aggregate(dashes(), [], { statistics: ['mode' as 'mean'] })).toThrow(/"mode".*n, mean, sd/)
    expect(() => sortRows(dashes(), ['x'])).toThrow(AnalysisError)
    const mixed = new danfo.DataFrame([[1], ['a']], { columns: ['v'], dtypes: ['string'] })
    expect(() => toCSV(mixed)).toThrow(/"v" holds number and string/)
  })
})
