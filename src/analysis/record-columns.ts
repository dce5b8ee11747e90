import type { MetricName, SweepRecord } from '../sweep/record.js'
import type { Column, ColumnValue } from './columns.js'
import { ordered } from './order.js'
import { metricNames } from './values.js'

interface RecordColumn {
  readonly name: string
  readonly type: Column['type']
  readonly value: (record: SweepRecord) => ColumnValue
}

const COLUMNS = [
  { name: 'task_id', type: 'integer', value: (record) => record.taskId },
  { name: 'arm', type: 'string', value: (record) => record.arm },
  { name: 'layer', type: 'integer', value: (record) => record.layer },
  { name: 'capture_layer', type: 'integer', value: (record) => record.captureLayer },
  { name: 'decode_positions', type: 'string', value: (record) => record.decodePositions },
  { name: 'sample', type: 'integer', value: (record) => record.sample },
  { name: 'seed', type: 'integer', value: (record) => record.seed },
  { name: 'responds', type: 'boolean', value: (record) => record.responds },
  { name: 'parses', type: 'boolean', value: (record) => record.parses },
  { name: 'passed', type: 'boolean', value: (record) => record.passed },
  { name: 'outcome', type: 'string', value: (record) => record.outcome },
  { name: 'challenge_passed', type: 'boolean', value: (record) => record.challengePassed },
  { name: 'stop_reason', type: 'string', value: (record) => record.stopReason },
  { name: 'tokens', type: 'integer', value: (record) => record.tokenCount },
  { name: 'mean_log_probability', type: 'number', value: (record) => record.meanLogProbability },
  { name: 'mean_entropy', type: 'number', value: (record) => record.meanEntropy },
  { name: 'context_tokens', type: 'integer', value: (record) => record.contextTokenCount },
] as const satisfies readonly RecordColumn[]

/** The columns of a frame of records. */
export type FrameColumn = (typeof COLUMNS)[number]['name'] | MetricName | (string & {})

const TEXTS: readonly RecordColumn[] = [
  { name: 'text', type: 'string', value: (record) => record.text },
  { name: 'context', type: 'string', value: (record) => record.context },
]

/**
 * The columns of records, a row a record in order of problem, sample and depth: what is fixed, with `texts` what was
 * generated and the context text, then the metrics.
 *
 * @throws AnalysisError `NO_RECORDS`, `DUPLICATE_RECORD`.
 */
export function recordColumns(
  records: readonly SweepRecord[],
  { texts }: { readonly texts: boolean },
): Column[] {
  const rows = ordered(records)
  const fixed: readonly RecordColumn[] = texts ? [...COLUMNS, ...TEXTS] : COLUMNS
  return [
    ...fixed.map(({ name, type, value }) => ({ name, type, values: rows.map(value) })),
    ...metricNames(rows)
      .filter((name) => !COLUMNS.some((column) => column.name === name))
      .map((name) => ({
        name,
        type: 'number' as const,
        values: rows.map((record) => record.metrics[name] ?? null),
      })),
  ]
}
