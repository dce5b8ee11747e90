import type { DataFrame, Series } from 'danfojs-node'
import type { SweepRecord } from '../sweep/record.js'
import { frameOf } from './danfo.js'
import { recordColumns, type FrameColumn } from './record-columns.js'

/** A danfojs DataFrame whose columns the compiler knows. */
export type SweepFrame = DataFrame & {
  /** A column by its name. */
  column(name: FrameColumn): Series
}

/**
 * The records as a danfojs DataFrame: one row per problem, arm and sample, in that order of problem, sample and
 * depth; columns `task_id, arm, layer, capture_layer, decode_positions, sample, seed, responds, parses, passed,
 * outcome, challenge_passed, stop_reason, tokens, mean_log_probability, mean_entropy, context_tokens`, then one `float32`
 * column per metric (danfojs' only type for fractions; the values held are the records' doubles). Nulls stay null.
 *
 * A frame to hold, select and plot from. Do not aggregate with it: danfojs' group means count null as 0, its
 * arithmetic is single precision and its `toCSV` does not quote. {@link aggregate}, {@link sortRows}, {@link toCSV} and
 * {@link toParquet} take a frame and do it right; {@link thesisTable}, {@link describeMetric} and
 * {@link compareToOriginal} compute from the records.
 *
 * @returns shape `[records, 17 + metrics]`. The first call loads danfojs (1–2 s).
 * @throws AnalysisError `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * const frame = toFrame(records)
 * frame.loc({ columns: ['task_id', 'arm', 'passed'] }).head().print()
 * ```
 */
export function toFrame(records: readonly SweepRecord[]): SweepFrame {
  return frameOf(recordColumns(records, { texts: false }))
}
