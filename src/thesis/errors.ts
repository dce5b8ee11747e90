import { NirError } from '../errors.js'
import type { Reproduction } from './reproduction.js'

/** The thesis' protocol was asked for in a way that cannot be run. */
export class ThesisError extends NirError {}

/** A reproduction ended before its time. What was finished is in {@link ReproductionEndedError.reproduction}. */
export class ReproductionEndedError extends NirError {
  /** The finished part. */
  readonly reproduction: Reproduction

  constructor(reproduction: Reproduction, cause: unknown, aborted: boolean) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(
      aborted ? 'REPRODUCTION_ABORTED' : 'REPRODUCTION_FAILED',
      `The reproduction ${aborted ? 'was cancelled' : 'failed'} after ${reproduction.records.length} generations: ${why}`,
      'What was finished is in the property reproduction of this error.',
      { cause },
    )
    if (aborted) this.name = 'AbortError'
    this.reproduction = reproduction
  }
}
