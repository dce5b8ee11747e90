import type { SweepOptions } from '../sweep/index.js'

/** How the thesis' arms are run. See {@link ReproduceOptions.protocol}. */
export type Protocol = 'paired' | 'original'

/** How to reproduce the thesis' tables. What is not said is as in a sweep. */
export interface ReproduceOptions extends Omit<
  SweepOptions,
  'layers' | 'grid' | 'arms' | 'mapping' | 'context' | 'stop'
> {
  /**
   * Which CRV an injection layer receives: `'described'` (default), its own; `'released'`, the permuted one that the
   * released code's list `[23, 1, 10]` gives it.
   */
  readonly mapping?: 'described' | 'released' | undefined
  /**
   * `'paired'` (default): one thinking a problem and sample, shared by all arms, no retries; generations end with the
   * code. `'original'`, the thesis' own: thinking anew for every arm and attempt, a second attempt where the expected
   * function name is missing from the text or the text has fewer than 10 characters, and generations that run to
   * `maxTokens`. Its arms are not paired.
   */
  readonly protocol?: Protocol | undefined
  /** Default 0.8, as the thesis. */
  readonly temperature?: number | undefined
}
