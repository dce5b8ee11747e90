import type { Batch, Outputs } from './batch.js'
import type { Feed, Place } from './feed.js'

/** Hidden states to read through the final norm and the output head. */
export interface LensRows {
  /** `[rows, hiddenSize]` */
  readonly states: Float32Array
  readonly rows: number
  readonly hiddenSize: number
  readonly vocabularySize: number
  readonly layerCount: number
}

/** The logit lens: placeholder rows go through the layers, and their output is replaced by the states. */
export class Lens implements Feed<Float32Array> {
  /** Last, so that it takes only the outputs that lanes leave. */
  readonly rank = 2
  readonly #logits: Float32Array
  #next = 0
  #pending = 0

  constructor(
    private readonly place: Place,
    private readonly job: LensRows,
  ) {
    this.#logits = new Float32Array(job.rows * job.vocabularySize)
  }

  get done(): boolean {
    return this.#next === this.job.rows
  }

  fill(batch: Batch): void {
    const { states, rows, hiddenSize, layerCount } = this.job
    const count = Math.min(batch.room, batch.outputRoom, rows - this.#next)
    this.#pending = count
    if (count === 0) return
    const first = this.#next
    for (let row = first; row < first + count; row++)
      batch.add({ ...this.place, token: 0, position: row, logits: true })
    batch.overwrite({
      count,
      layer: layerCount,
      states: states.subarray(first * hiddenSize, (first + count) * hiddenSize),
    })
  }

  took({ logits }: Outputs): void {
    this.#logits.set(logits, this.#next * this.job.vocabularySize)
    this.#next += this.#pending
    this.#pending = 0
  }

  result(): Float32Array {
    return this.#logits
  }
}
