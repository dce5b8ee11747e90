import type { Outputs } from './batch.js'
import type { ResolvedOptions } from './options.js'
import { TextStream } from './text-stream.js'

/**
 * Why a generation ended: the model's end token, a stop string, the limit of new tokens, or the context size.
 */
export type StopReason = 'endToken' | 'stop' | 'maxTokens' | 'contextSize'

/** How long a generation took. What is decoded together shares these times. */
export interface Timings {
  /** Milliseconds from its turn in the cache to the first token: contexts and prompt. */
  readonly prefillMilliseconds: number
  /** Milliseconds from the first token to the arm's last. */
  readonly decodeMilliseconds: number
}

/** What one arm generated. */
export interface Generation {
  /** The arm's name; `''` for a call without arms. */
  readonly arm: string
  /** Generated tokens, without the end token. */
  readonly tokens: readonly number[]
  /** Generated text, without the stop string. */
  readonly text: string
  /** Natural logarithm of each token's probability under the model's own distribution (temperature 1). */
  readonly logProbabilities: readonly number[]
  /** Entropy in nats of the distribution that each token was drawn from (temperature 1). */
  readonly entropies: readonly number[]
  /** Row-major `[tokens.length, vocabularySize]`, when asked for. */
  readonly logits?: Float32Array
  /**
   * Share of attention that each layer and head gives to the injected rows while it makes each token, row-major
   * `[tokens.length, layerCount, heads]`, when asked for.
   */
  readonly attentionShares?: Float32Array
  readonly stopReason: StopReason
  readonly timings: Timings
}

/** What a running generation needs to know of its model. */
export interface TokenReader {
  isEnd(token: number): boolean
  /** The bytes of a token; none where the model has no tokenizer. */
  bytes(token: number): Uint8Array
}

/** One arm while it is being generated. */
export class RunningGeneration {
  readonly #tokens: number[] = []
  readonly #logProbabilities: number[] = []
  readonly #entropies: number[] = []
  readonly #logits: Float32Array[] = []
  readonly #attention: Float32Array[] = []
  readonly #startedAt = performance.now()
  readonly #stream: TextStream
  #stopReason: StopReason | undefined
  #firstTokenAt = 0
  #lastTokenAt = 0

  /** @param limit - new tokens that fit the context size. */
  constructor(
    private readonly arm: string,
    private readonly reader: TokenReader,
    private readonly options: ResolvedOptions,
    private readonly limit: number,
  ) {
    this.#stream = new TextStream(options.stop)
  }

  get done(): boolean {
    return this.#stopReason !== undefined
  }

  get tokenCount(): number {
    return this.#tokens.length
  }

  get lastToken(): number {
    return this.#tokens[this.#tokens.length - 1]!
  }

  /** Takes the next token; `outputs` hold its logits and attention where they were asked for. */
  accept({ token, logProbability, entropy }: NonNullable<Outputs['sampled']>, outputs: Outputs): void {
    this.#lastTokenAt = performance.now()
    if (this.#tokens.length === 0) this.#firstTokenAt = this.#lastTokenAt
    if (this.reader.isEnd(token)) {
      this.#stopReason = 'endToken'
      const { text } = this.#stream.end()
      if (text !== '') this.options.onToken?.({ arm: this.arm, token, text })
      return
    }
    this.#tokens.push(token)
    this.#logProbabilities.push(logProbability)
    this.#entropies.push(entropy)
    if (this.options.logits) this.#logits.push(outputs.logits)
    if (this.options.attentionShares) this.#attention.push(outputs.attention)
    const step = this.#stream.push(this.reader.bytes(token))
    if (step.stopped) this.#stopReason = 'stop'
    else if (this.#tokens.length >= this.options.maxTokens) this.#stopReason = 'maxTokens'
    else if (this.#tokens.length >= this.limit) this.#stopReason = 'contextSize'
    const rest = this.done && !step.stopped ? this.#stream.end().text : ''
    this.options.onToken?.({ arm: this.arm, token, text: step.text + rest })
  }

  finish(): Generation {
    return {
      arm: this.arm,
      tokens: this.#tokens,
      text: this.#stream.text,
      logProbabilities: this.#logProbabilities,
      entropies: this.#entropies,
      ...(this.options.logits && { logits: joined(this.#logits) }),
      ...(this.options.attentionShares && { attentionShares: joined(this.#attention) }),
      stopReason: this.#stopReason!,
      timings: {
        prefillMilliseconds: this.#firstTokenAt - this.#startedAt,
        decodeMilliseconds: this.#lastTokenAt - this.#firstTokenAt,
      },
    }
  }
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0
  const all = new Float32Array(rows.length * width)
  rows.forEach((row, index) => {
    all.set(row, index * width)
  })
  return all
}
