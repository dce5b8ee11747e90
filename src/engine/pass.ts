import type { Batch } from './batch.js'
import type { Feed, Place } from './feed.js'

/** Fixed rows to run through the model once. */
export interface PassRows {
  readonly tokens: ArrayLike<number>
  /** Position of the first row. */
  readonly base: number
  readonly hiddenSize: number
  /** Layer → where the hidden states at its input go, `[tokens, hiddenSize]`. */
  readonly captures?: ReadonlyMap<number, Float32Array>
  /** Hidden states that replace those at the input of `layer`, `[tokens, hiddenSize]`. */
  readonly overwrite?: { readonly layer: number; readonly states: Float32Array } | null
  /** Remember the cells, so that plans may name the sequence. */
  readonly record?: boolean
  /** Told how many rows have been through the model, after every decode. */
  readonly onRows?: (done: number) => void
}

/** A pass over fixed rows: a capture, or a context that others will see. Done when all rows are in the cache. */
export class Pass implements Feed<undefined> {
  readonly rank = 1
  #next = 0
  #pending = 0

  constructor(
    private readonly place: Place,
    private readonly rows: PassRows,
  ) {}

  get done(): boolean {
    return this.#next === this.rows.tokens.length
  }

  fill(batch: Batch): void {
    const { tokens, base, hiddenSize, captures, overwrite, record } = this.rows
    const count = Math.min(batch.room, tokens.length - this.#next)
    this.#pending = count
    if (count === 0) return
    const first = this.#next
    for (let row = first; row < first + count; row++)
      batch.add({ ...this.place, token: tokens[row]!, position: base + row })
    const part = (states: Float32Array) => states.subarray(first * hiddenSize, (first + count) * hiddenSize)
    captures?.forEach((states, layer) => {
      batch.capture({ count, layer, states: part(states) })
    })
    if (overwrite) batch.overwrite({ count, layer: overwrite.layer, states: part(overwrite.states) })
    if (record) batch.record(this.place.sequence)
  }

  took(): void {
    this.#next += this.#pending
    this.#pending = 0
    this.rows.onRows?.(this.#next)
  }

  result(): undefined {
    return undefined
  }
}
