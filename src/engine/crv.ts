import { inspect } from 'node:util'
import { InputError } from './errors.js'

/** What a {@link Crv} is made of. */
export interface CrvParts {
  /** Layer → hidden states at the input of that decoder layer, row-major `[tokenCount, hiddenSize]`. */
  readonly states: ReadonlyMap<number, Float32Array>
  /** The tokens that were captured. */
  readonly tokens: readonly number[]
  readonly hiddenSize: number
}

/**
 * Context Representation Vectors: the hidden states of a text at the inputs of decoder layers, a whole matrix
 * `[tokenCount, hiddenSize]` a layer. Layer k is the *input* of decoder layer k (0-based): layer 0 is the token
 * embedding.
 *
 * @example
 * const crv = await nir.capture('Proposed solution context: …', { layers: [1, 6] })
 * crv.at(6).subarray(0, crv.hiddenSize)   // the first token's hidden state
 */
export class Crv {
  readonly #states: ReadonlyMap<number, Float32Array>
  /** The captured layers, ascending. */
  readonly layers: readonly number[]
  /** The tokens whose hidden states these are. */
  readonly tokens: readonly number[]
  /** Rows of each matrix. */
  readonly tokenCount: number
  /** Columns of each matrix. */
  readonly hiddenSize: number

  /**
   * @throws {@link InputError} `CRV_SHAPE` when there are no tokens, or a matrix is not `[tokens.length, hiddenSize]`.
   */
  constructor(parts: CrvParts) {
    this.#states = new Map(parts.states)
    this.layers = [...parts.states.keys()].sort((a, b) => a - b)
    this.tokens = [...parts.tokens]
    this.tokenCount = parts.tokens.length
    this.hiddenSize = parts.hiddenSize
    if (this.tokenCount === 0)
      throw new InputError('CRV_SHAPE', 'The CRV has no tokens.', 'Give at least one token.')
    for (const [layer, values] of parts.states)
      if (values.length !== this.tokenCount * this.hiddenSize)
        throw new InputError(
          'CRV_SHAPE',
          `Layer ${layer} of the CRV has ${values.length} values, not ${this.tokenCount} tokens × ${this.hiddenSize}.`,
          'Give one row-major matrix [tokenCount, hiddenSize] a layer.',
        )
  }

  /**
   * The hidden states at the input of decoder layer `layer`: a view, row-major `[tokenCount, hiddenSize]`. Treat it
   * as read-only; to inject changed values, build a new `Crv` from a copy.
   * @throws {@link InputError} `LAYER_NOT_CAPTURED`.
   */
  at(layer: number): Float32Array {
    const states = this.#states.get(layer)
    if (!states)
      throw new InputError(
        'LAYER_NOT_CAPTURED',
        `Layer ${layer} is not in this CRV, which holds the layers ${this.layers.join(', ')}.`,
        `Capture it: capture(text, { layers: [${layer}] }).`,
      )
    return states
  }

  /**
   * The rows of the tokens `start` … `end`−1 of every layer, as views on the same memory: to inject part of a CRV.
   * @param start - first token, 0-based
   * @param end - token after the last one; default: to the end
   * @throws {@link InputError} `TOKEN_RANGE` when the range holds no token or leaves the CRV.
   *
   * @example
   * const crv = await nir.capture('Proposed solution context: return the sum of the list', { layers: [6] })
   * await nir.generate(prompt, { injections: [{ crv: crv.slice(2, 8), layer: 6 }] })
   */
  slice(start: number, end: number = this.tokenCount): Crv {
    const isValid = Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end
    if (!isValid || end > this.tokenCount)
      throw new InputError(
        'TOKEN_RANGE',
        `The tokens ${start} to ${end} are no part of this CRV, which has ${this.tokenCount} tokens.`,
        `Give whole numbers 0 ≤ start < end ≤ ${this.tokenCount}.`,
      )
    const [from, until] = [start * this.hiddenSize, end * this.hiddenSize]
    const states = new Map([...this.#states].map(([layer, values]) => [layer, values.subarray(from, until)]))
    return new Crv({ states, tokens: this.tokens.slice(start, end), hiddenSize: this.hiddenSize })
  }

  /**
   * The mean of a layer's hidden states over the tokens, `[hiddenSize]`, summed in float64: a steering vector, or the
   * replacement in mean ablation.
   * @throws {@link InputError} `LAYER_NOT_CAPTURED`.
   *
   * @example
   * // the direction from one kind of text to another
   * const [calm, angry] = [calmCrv.mean(6), angryCrv.mean(6)]
   * const vector = calm.map((value, i) => value - angry[i]!)
   * await nir.generate(prompt, { steering: [{ vector, layer: 6, scale: 1 }] })
   */
  mean(layer: number): Float32Array {
    const values = this.at(layer)
    const sums = new Float64Array(this.hiddenSize)
    for (let row = 0; row < values.length; row += this.hiddenSize)
      for (let i = 0; i < this.hiddenSize; i++) sums[i]! += values[row + i]!
    return Float32Array.from(sums, (sum) => sum / this.tokenCount)
  }

  /** For the console, which would list every token. */
  [inspect.custom](): string {
    return `Crv [${this.layers.length} layers × ${this.tokenCount} tokens × ${this.hiddenSize}]`
  }
}
