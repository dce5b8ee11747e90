import type { DataFrame } from 'danfojs-node'
import type { SweepRecord } from '../sweep/record.js'
import { frameOf, type Column } from './danfo.js'
import { ordered } from './order.js'
import { isRate, metricNames } from './values.js'

const COLUMNS: readonly {
  readonly name: string
  readonly dtype: Column['dtype']
  readonly value: (record: SweepRecord) => Column['values'][number]
}[] = [
  { name: 'task_id', dtype: 'int32', value: (record) => record.taskId },
  { name: 'arm', dtype: 'string', value: (record) => record.arm },
  { name: 'layer', dtype: 'int32', value: (record) => record.layer },
  { name: 'sample', dtype: 'int32', value: (record) => record.sample },
  { name: 'seed', dtype: 'int32', value: (record) => record.seed },
  { name: 'responds', dtype: 'boolean', value: (record) => record.responds },
  { name: 'parses', dtype: 'boolean', value: (record) => record.parses },
  { name: 'passed', dtype: 'boolean', value: (record) => record.passed },
  { name: 'outcome', dtype: 'string', value: (record) => record.outcome },
  { name: 'stop_reason', dtype: 'string', value: (record) => record.stopReason },
  { name: 'tokens', dtype: 'int32', value: (record) => record.tokenCount },
  { name: 'context_tokens', dtype: 'int32', value: (record) => record.contextTokenCount },
]

/**
 * The records as a danfojs DataFrame: one row per problem, arm and sample, in that order of problem, sample and
 * depth; columns `task_id, arm, layer, sample, seed, responds, parses, passed, outcome, stop_reason, tokens,
 * context_tokens`, then one `float32` column per metric (danfojs' only type for fractions; the values held are
 * the records' doubles). Nulls stay null.
 *
 * A frame to hold, select and plot from. Do not aggregate with it: danfojs' group means count null as 0, its
 * arithmetic is single precision and its `toCSV` does not quote. {@link thesisTable}, {@link describeMetric} and
 * {@link compareToOriginal} compute from the records instead.
 *
 * @returns shape `[records, 12 + metrics]`. The first call loads danfojs (1–2 s).
 * @throws AnalysisError `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * const frame = toFrame(records)
 * frame.loc({ columns: ['task_id', 'arm', 'passed'] }).head().print()
 * ```
 */
export function toFrame(records: readonly SweepRecord[]): DataFrame {
  const rows = ordered(records)
  const metrics = metricNames(rows).filter((name) => !isRate(name))
  return frameOf([
    ...COLUMNS.map(({ name, dtype, value }) => ({ name, dtype, values: rows.map(value) })),
    ...metrics.map((name) => ({
      name,
      dtype: 'float32' as const,
      values: rows.map((record) => record.metrics[name] ?? null),
    })),
  ])
}
