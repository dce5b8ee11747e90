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
   * @throws {@link InputError} `CRV_SHAPE` when a matrix is not `[tokens.length, hiddenSize]`.
   */
  constructor(parts: CrvParts) {
    this.#states = new Map(parts.states)
    this.layers = [...parts.states.keys()].sort((a, b) => a - b)
    this.tokens = [...parts.tokens]
    this.tokenCount = parts.tokens.length
    this.hiddenSize = parts.hiddenSize
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
}
