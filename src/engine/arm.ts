import { inspect } from 'node:util'
import type { Crv } from './crv.js'
import { InputError } from './errors.js'
import { checkPositions, type Positions } from './positions.js'

/**
 * CRV rows put in front of the sequence at the input of a decoder layer. Several injections of an arm are applied in
 * the order of their layers (at one layer: in the order given), each in front of all that is there: an earlier one's
 * rows then see a later one's.
 */
export interface Injection {
  readonly crv: Crv
  /** The injection layer L: decoder layers ≥ L see the CRV. 0-based, the input of that layer. */
  readonly layer: number
  /** The capture layer whose hidden states are injected. Default: `layer`, the described method. */
  readonly from?: number | undefined
  /** At the input of this layer the rows are taken away again. Default: they stay up to the last layer. */
  readonly until?: number | undefined
  /**
   * RoPE positions of generated tokens in layers ≥ L. `'recomputed'` (default): they follow the prompt, as described.
   * `'released'`: as the thesis' released code has them, tokenCount positions too early.
   */
  readonly decodePositions?: 'recomputed' | 'released' | undefined
}

/** A vector added to the input of a decoder layer (activation steering, as a control vector). */
export interface Steering {
  /** `hiddenSize` values, such as `crv.mean(layer)`. */
  readonly vector: ArrayLike<number>
  readonly layer: number
  /** Default 1. */
  readonly scale?: number | undefined
  /** Default `'all'`: every prompt and generated position. */
  readonly positions?: Positions | undefined
}

/**
 * The input of a decoder layer replaced at some positions: by zero (zero ablation), by a mean such as
 * `crv.mean(layer)` (mean ablation), or by any states (activation patching).
 */
export interface Replacement {
  /**
   * `'zero'`; `hiddenSize` values for every position; or, with a list of positions, row-major
   * `[positions.length, hiddenSize]`.
   */
  readonly by: 'zero' | ArrayLike<number>
  readonly layer: number
  /** Default `'all'`: every prompt and generated position. */
  readonly positions?: Positions | undefined
}

/**
 * What is done to one generation. An arm without any is the original model. At the input of a layer, replacements
 * come first, then steering, each in the order given; both leave injected rows alone.
 */
export interface Interventions {
  readonly injections?: readonly Injection[] | undefined
  readonly steering?: readonly Steering[] | undefined
  readonly replacements?: readonly Replacement[] | undefined
}

/** A named way of generating, run beside others on the same prompt. */
export interface Arm extends Interventions {
  readonly name: string
}

/** The model's dimensions that interventions must fit. */
export interface Dimensions {
  readonly layerCount: number
  readonly hiddenSize: number
}

/**
 * Checks an arm against the model.
 * @param isCaptured - did this model capture the CRV? What it captured need not be looked at.
 * @throws {@link InputError} `LAYER_OUT_OF_RANGE`, `NOT_A_CRV`, `CRV_SHAPE`, `LAYER_NOT_CAPTURED`, `STEERING_SHAPE`,
 * `REPLACEMENT_SHAPE`, `POSITION_OUT_OF_RANGE`, `POSITION_REPEATED`, `NOT_FINITE`.
 */
export function checkInterventions(
  arm: Interventions,
  model: Dimensions,
  promptLength: number,
  isCaptured: (crv: Crv) => boolean,
): void {
  const last = model.layerCount - 1
  for (const { crv, layer, from = layer, until = model.layerCount } of arm.injections ?? []) {
    checkLayer('layer', layer, 0, last)
    checkLayer('from', from, 0, last)
    checkLayer('until', until, layer, model.layerCount)
    checkCrv(crv, model)
    const states = crv.at(from)
    if (!isCaptured(crv)) checkFinite(`Layer ${from} of the CRV`, states)
  }
  for (const { layer, vector, positions } of arm.steering ?? []) {
    checkLayer('steering layer', layer, 0, last)
    checkPositions(positions, promptLength)
    if (vector.length !== model.hiddenSize)
      throw new InputError(
        'STEERING_SHAPE',
        `The steering vector has ${vector.length} values; this model's hidden size is ${model.hiddenSize}.`,
        'Give one value a hidden unit.',
      )
    checkFinite('The steering vector', vector)
  }
  for (const { layer, by, positions } of arm.replacements ?? []) {
    checkLayer('replacement layer', layer, 0, last)
    checkPositions(positions, promptLength)
    const rows = typeof positions === 'object' ? positions.length : 1
    if (by === 'zero') continue
    checkFinite('The replacement', by)
    if (by.length === model.hiddenSize || by.length === rows * model.hiddenSize) continue
    throw new InputError(
      'REPLACEMENT_SHAPE',
      `The replacement has ${by.length} values; expected ${model.hiddenSize}, or as many for each of a list of positions.`,
      "Give 'zero', one value a hidden unit, or a row-major matrix and the list of its positions.",
    )
  }
}

/** One value that is not finite would spoil all that shares the cache. */
function checkFinite(what: string, values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++)
    if (!Number.isFinite(values[index]))
      throw new InputError(
        'NOT_FINITE',
        `${what} has the value ${String(values[index])} at ${index}; expected finite numbers.`,
        'Look where it was computed: a division by zero, an overflow, a missing value.',
      )
}

/** @throws {@link InputError} `NOT_A_CRV`, `CRV_SHAPE`. */
export function checkCrv(crv: Crv, model: Dimensions): void {
  if (!isCrv(crv))
    throw new InputError(
      'NOT_A_CRV',
      `The CRV is ${inspect(crv, { depth: 0 })}; expected a Crv.`,
      'Give what nir.capture() gives, awaited: const crv = await nir.capture(text).',
    )
  if (crv.hiddenSize !== model.hiddenSize)
    throw new InputError(
      'CRV_SHAPE',
      `The CRV has hidden size ${crv.hiddenSize}; this model has ${model.hiddenSize}.`,
      'Capture it with this model.',
    )
  if (crv.tokenCount === 0)
    throw new InputError('CRV_SHAPE', 'The CRV has no rows.', 'Capture a text of at least one token.')
}

/** Cells need not heed types, and a Crv may come from another copy of this package. */
function isCrv(value: Partial<Crv> | null | undefined): boolean {
  return typeof value?.at === 'function' && typeof value.hiddenSize === 'number'
}

/** @throws {@link InputError} `LAYER_OUT_OF_RANGE`. */
export function checkLayer(name: string, layer: number, low: number, high: number): void {
  if (Number.isInteger(layer) && layer >= low && layer <= high) return
  throw new InputError(
    'LAYER_OUT_OF_RANGE',
    `${name} is ${String(layer)}; expected a whole number from ${low} to ${high}.`,
    `Choose a layer from ${low} to ${high}.`,
  )
}
