import type { Crv } from './crv.js'
import { InputError } from './errors.js'

/** CRV rows put in front of the sequence at the input of a decoder layer. */
export interface Injection {
  readonly crv: Crv
  /** The injection layer L: decoder layers ≥ L see the CRV. 0-based, the input of that layer. */
  readonly layer: number
  /** The capture layer whose hidden states are injected. Default: `layer`, the described method. */
  readonly from?: number | undefined
  /** Decoder layers ≥ `until` no longer see the CRV. Default: it stays visible up to the last layer. */
  readonly until?: number | undefined
  /**
   * RoPE positions of generated tokens in layers ≥ L. `'recomputed'` (default): they follow the prompt, as described.
   * `'released'`: as the thesis' released code has them, tokenCount positions too early.
   */
  readonly decodePositions?: 'recomputed' | 'released' | undefined
}

/** A vector added to the input of a decoder layer at every prompt and generated position (activation steering). */
export interface Steering {
  /** `hiddenSize` values. */
  readonly vector: ArrayLike<number>
  readonly layer: number
  /** Default 1. */
  readonly scale?: number | undefined
}

/** What is done to one generation. An arm without injections and steering is the original model. */
export interface Interventions {
  /** At most one in this version. */
  readonly injections?: readonly Injection[] | undefined
  readonly steering?: readonly Steering[] | undefined
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
 * @throws {@link InputError} `LAYER_OUT_OF_RANGE`, `CRV_SHAPE`, `LAYER_NOT_CAPTURED`, `TOO_MANY_INJECTIONS`,
 * `STEERING_SHAPE`.
 */
export function checkInterventions(arm: Interventions, model: Dimensions): void {
  const injections = arm.injections ?? []
  if (injections.length > 1)
    throw new InputError(
      'TOO_MANY_INJECTIONS',
      `An arm has ${injections.length} injections; this version takes one.`,
      'Run them as separate arms.',
    )
  for (const injection of injections) {
    checkLayer('layer', injection.layer, 0, model.layerCount - 1)
    checkLayer('from', injection.from ?? injection.layer, 0, model.layerCount - 1)
    checkLayer('until', injection.until ?? model.layerCount, injection.layer, model.layerCount)
    if (injection.crv.hiddenSize !== model.hiddenSize)
      throw new InputError(
        'CRV_SHAPE',
        `The CRV has hidden size ${injection.crv.hiddenSize}; this model has ${model.hiddenSize}.`,
        'Capture it with this model.',
      )
    if (injection.crv.tokenCount === 0)
      throw new InputError('CRV_SHAPE', 'The CRV has no rows.', 'Capture a text of at least one token.')
    injection.crv.at(injection.from ?? injection.layer)
  }
  for (const steering of arm.steering ?? []) {
    checkLayer('steering layer', steering.layer, 0, model.layerCount - 1)
    if (steering.vector.length !== model.hiddenSize)
      throw new InputError(
        'STEERING_SHAPE',
        `The steering vector has ${steering.vector.length} values; this model's hidden size is ${model.hiddenSize}.`,
        'Give one value a hidden unit.',
      )
  }
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
