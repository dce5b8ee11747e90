import type { NativeBatch, NativeDecoded, NativeStates } from './native.js'

/** What a decode gave for the output rows of one feed. */
export interface Outputs {
  /** Of the row with a sampler, where there was one. */
  readonly sampled: {
    readonly token: number
    readonly logProbability: number
    readonly entropy: number
  } | null
  /** `[logit rows, vocabularySize]` */
  readonly logits: Float32Array
  /** `[attention rows, layerCount, heads]` */
  readonly attention: Float32Array
}

/** A row to decode. */
interface Row {
  readonly token: number
  readonly position: number
  readonly sequence: number
  readonly plan: number
  /** A sampler's id; default: none. */
  readonly sampler?: number
  readonly logits?: boolean
  readonly attention?: boolean
}

/** Hidden states to read or write for the rows that a feed has just added. */
type States = Omit<NativeStates, 'row'>

/** The rows of one decode, gathered from several feeds. */
export class Batch {
  readonly #tokens: number[] = []
  readonly #positions: number[] = []
  readonly #sequences: number[] = []
  readonly #plans: number[] = []
  readonly #samplers: number[] = []
  readonly #captures: NativeStates[] = []
  readonly #overwrites: NativeStates[] = []
  readonly #recorded: number[] = []
  readonly #logitRows: number[] = []
  readonly #attentionRows: number[] = []
  #outputs = 0

  /**
   * @param size - rows that fit
   * @param outputLimit - rows with a sampler or with logits that fit
   */
  constructor(
    private readonly size: number,
    private readonly outputLimit: number,
  ) {}

  get length(): number {
    return this.#tokens.length
  }

  /** Rows that still fit. */
  get room(): number {
    return this.size - this.length
  }

  /** Output rows that still fit. */
  get outputRoom(): number {
    return this.outputLimit - this.#outputs
  }

  add({ token, position, sequence, plan, sampler = -1, logits = false, attention = false }: Row): void {
    if (logits) this.#logitRows.push(this.length)
    if (attention) this.#attentionRows.push(this.length)
    if (logits || sampler >= 0) this.#outputs++
    this.#tokens.push(token)
    this.#positions.push(position)
    this.#sequences.push(sequence)
    this.#plans.push(plan)
    this.#samplers.push(sampler)
  }

  /** Captures the last `count` rows into `states`. */
  capture(states: States): void {
    this.#captures.push({ ...states, row: this.length - states.count })
  }

  /** Overwrites the last `count` rows by `states`. */
  overwrite(states: States): void {
    this.#overwrites.push({ ...states, row: this.length - states.count })
  }

  /** Remembers the cells of a sequence's rows. */
  record(sequence: number): void {
    this.#recorded.push(sequence)
  }

  toNative(): NativeBatch {
    return {
      tokens: Int32Array.from(this.#tokens),
      positions: Int32Array.from(this.#positions),
      sequences: Int32Array.from(this.#sequences),
      plans: Int32Array.from(this.#plans),
      samplers: Int32Array.from(this.#samplers),
      captures: this.#captures,
      overwrites: this.#overwrites,
      recorded: Int32Array.from(this.#recorded),
      logitRows: Int32Array.from(this.#logitRows),
      attentionRows: Int32Array.from(this.#attentionRows),
    }
  }

  /** What of a decode's results belongs to the rows `start` ≤ row < `end`. */
  outputsOf(decoded: NativeDecoded, start: number, end: number): Outputs {
    const before = (rows: readonly number[], row: number) => rows.filter((other) => other < row).length
    const part = (values: Float32Array, rows: readonly number[]) => {
      const width = values.length / Math.max(rows.length, 1)
      return values.subarray(before(rows, start) * width, before(rows, end) * width)
    }
    let index = 0
    for (let row = 0; row < start; row++) if (this.#samplers[row]! >= 0) index++
    const hasSample = this.#samplers.slice(start, end).some((sampler) => sampler >= 0)
    return {
      sampled: hasSample
        ? {
            token: decoded.tokens[index]!,
            logProbability: decoded.logProbabilities[index]!,
            entropy: decoded.entropies[index]!,
          }
        : null,
      logits: part(decoded.logits, this.#logitRows),
      attention: part(decoded.attention, this.#attentionRows),
    }
  }
}
