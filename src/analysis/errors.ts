import { NirError } from '../errors.js'

/** What can be wrong with a question asked of records. */
export type AnalysisErrorCode =
  | 'NO_RECORDS'
  | 'NO_ORIGINAL_ARM'
  | 'DUPLICATE_RECORD'
  | 'UNKNOWN_METRIC'
  | 'UNKNOWN_TABLE'
  | 'INVALID_ARGUMENT'

/**
 * A question that the records cannot answer: nothing was computed.
 *
 * @example
 * ```ts
 * try {
 *   depthChart(records, 'lnes')
 * } catch (error) {
 *   if (error instanceof AnalysisError && error.code === 'UNKNOWN_METRIC') console.log(error.remedy)
 * }
 * ```
 */
export class AnalysisError extends NirError {
  declare readonly code: AnalysisErrorCode
}
