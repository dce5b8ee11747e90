import type { Batch, Outputs } from './batch.js'
import { EngineError } from './errors.js'
import type { Feed, Place } from './feed.js'
import type { Generation, RunningGeneration } from './generation.js'

/** What a lane needs to know. */
export interface LaneRows {
  readonly prompt: readonly number[]
  /** Position of the prompt's first row. */
  readonly base: number
  readonly sampler: number
  readonly logits: boolean
  readonly attention: boolean
  readonly generation: RunningGeneration
  readonly release: () => void
}

/** One arm being generated: its prompt, then a row a step. */
export class Lane implements Feed<Generation> {
  #fed = 0
  #pending = 0

  constructor(
    private readonly place: Place,
    private readonly rows: LaneRows,
  ) {}

  get rank(): 0 | 1 {
    return this.#fed < this.rows.prompt.length ? 1 : 0
  }

  get done(): boolean {
    return this.rows.generation.done
  }

  fill(batch: Batch): void {
    const { prompt, base, sampler, logits, attention, generation } = this.rows
    const count = Math.min(batch.room, Math.max(prompt.length - this.#fed, 1))
    this.#pending = count
    for (let row = this.#fed; row < this.#fed + count; row++) {
      const token = row < prompt.length ? prompt[row]! : generation.lastToken
      const isOutput = row >= prompt.length - 1
      batch.add({
        ...this.place,
        token,
        position: base + row,
        sampler: isOutput ? sampler : -1,
        logits: isOutput && logits,
        attention: isOutput && attention,
      })
    }
  }

  took(outputs: Outputs): void {
    this.#fed += this.#pending
    this.#pending = 0
    const { sampled } = outputs
    if (!sampled) return
    if (sampled.token < 0)
      throw new EngineError(
        'NON_FINITE_LOGITS',
        "The model's logits are not finite.",
        'Check the CRV and the vectors of the arm for infinite, NaN or very large values.',
      )
    this.rows.generation.accept(sampled, outputs)
  }

  result(): Generation {
    return this.rows.generation.finish()
  }

  release(): void {
    this.rows.release()
  }
}
