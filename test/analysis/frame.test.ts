import { describe, expect, it, vi } from 'vitest'
import { AnalysisError, describeMetric, thesisTable, toFrame } from '../../src/analysis/index.js'
import { permuted, record, sweep } from './records.js'

const FIXED = [
  'task_id',
  'arm',
  'layer',
  'sample',
  'seed',
  'responds',
  'parses',
  'passed',
  'outcome',
  'stop_reason',
  'tokens',
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
      [7, 'layer 1', 1, 0, 1, false, null, null, null, 'eos', 7, 40, null, null],
      [7, 'original', null, 0, 4_000_000_000, true, true, true, 'passed', 'eos', 7, 0, 3, 0.1],
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
      sample: 'int32',
      seed: 'int32',
      responds: 'boolean',
      parses: 'boolean',
      passed: 'boolean',
      outcome: 'string',
      stop_reason: 'string',
      tokens: 'int32',
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

  it('sorting 100,000 rows takes seconds: ours does not', () => {
    const records = permuted(sweep({ problems: 3125, layers: [...Array(31).keys()] }))
    expect(records).toHaveLength(100_000)
    const start = performance.now()
    thesisTable(records, 'response_rates')
    expect(performance.now() - start).toBeLessThan(4000)
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
