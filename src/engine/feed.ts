import type { Batch, Outputs } from './batch.js'

/**
 * One sequence on its way through the model: puts rows into batches, takes what came of them, until it is done.
 * @typeParam T - what it gives in the end
 */
export interface Feed<T> {
  /** Feeds of a lower rank fill a batch first: rows that generate, then prompts and contexts, then what can wait. */
  readonly rank: 0 | 1 | 2
  /** Adds its next rows, as many as fit. Those of a decode that failed are asked for again. */
  fill(batch: Batch): void
  /** What came of the rows that it added last. What this throws ends the feed. */
  took(outputs: Outputs): void
  readonly done: boolean
  /** Once done. */
  result(): T
  /** Releases what it defined natively. Called once, whatever became of it. */
  release?(): void
}

/** Where a feed's rows go. */
export interface Place {
  /** The sequence of the rows. */
  readonly sequence: number
  /** The plan that they follow, or -1. */
  readonly plan: number
}
