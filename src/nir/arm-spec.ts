import type { Injection, Positions } from '../engine/index.js'
import type { PromptTemplate } from './prompts.js'

/** An injection of the unit's own context, as data. */
export interface InjectionSpec {
  /** The injection layer: decoder layers ≥ `layer` see the CRV. 0-based. */
  readonly layer: number
  /** The capture layer. Default: `layer`. */
  readonly from?: number | undefined
  /** At the input of this layer the rows are taken away again. Default: they stay up to the last layer. */
  readonly until?: number | undefined
  /**
   * Which tokens of the context are injected, as `Array.prototype.slice` counts: `[8]` all but the first eight, `[0, 32]`
   * the first 32, `[-8]` the last eight. Of a context that has none of them, nothing is injected. Default: all.
   */
  readonly slice?: readonly [start: number, end?: number] | undefined
  /** RoPE positions of generated tokens in the layers that see the CRV. Default `'recomputed'`. */
  readonly decodePositions?: Injection['decodePositions']
}

/** A vector added to the input of a decoder layer, as data. */
export interface SteeringSpec {
  readonly layer: number
  /** `'mean'`: of the unit's context, over its tokens; or `hiddenSize` values. */
  readonly vector: 'mean' | readonly number[]
  /** The layer whose mean it is. Default: `layer`. */
  readonly from?: number | undefined
  /** Default 1. */
  readonly scale?: number | undefined
  /** Default `'all'`. */
  readonly positions?: Positions | undefined
}

/** The input of a decoder layer replaced, as data. */
export interface ReplacementSpec {
  readonly layer: number
  /** `'zero'` (zero ablation), `'mean'` of the unit's context (mean ablation), or `hiddenSize` values. */
  readonly by: 'zero' | 'mean' | readonly number[]
  /** The layer whose mean it is. Default: `layer`. */
  readonly from?: number | undefined
  /** Default `'all'`. */
  readonly positions?: Positions | undefined
}

/** What an arm does, as plain data: the same in a notebook, a configuration file and a study. */
export interface ArmAction {
  readonly injections?: readonly InjectionSpec[] | undefined
  readonly steering?: readonly SteeringSpec[] | undefined
  readonly replacements?: readonly ReplacementSpec[] | undefined
  /** Of this arm's generation. Default: the sweep's. */
  readonly temperature?: number | undefined
  /** The prompt of this arm's generation. Default: the session's. Its name stands in the arm's name. */
  readonly prompt?: (PromptTemplate & { readonly name: string }) | undefined
}

/** An arm of a sweep as data. Without a name it gets one that says what it does: see {@link armName}. */
export interface ArmSpec extends ArmAction {
  readonly name?: string | undefined
}

/** An arm with its name, and nothing left to defaults that depend on other fields. */
export interface NamedArm extends ArmAction {
  readonly name: string
}

/**
 * The same arm with its name, its defaults said and what is empty left out, so that two ways to write an arm are equal.
 */
export function completeArm({ name, ...action }: ArmSpec): NamedArm {
  const { injections = [], steering = [], replacements = [], temperature, prompt } = action
  const complete: ArmAction = {
    ...(injections.length > 0 && {
      injections: injections.map(({ layer, from = layer, until, slice, decodePositions = 'recomputed' }) => ({
        layer,
        from,
        ...(until !== undefined && { until }),
        ...(slice && { slice }),
        decodePositions,
      })),
    }),
    ...(steering.length > 0 && {
      steering: steering.map(({ layer, vector, from = layer, scale = 1, positions = 'all' }) => ({
        layer,
        vector,
        ...(vector === 'mean' && { from }),
        scale,
        positions,
      })),
    }),
    ...(replacements.length > 0 && {
      replacements: replacements.map(({ layer, by, from = layer, positions = 'all' }) => ({
        layer,
        by,
        ...(by === 'mean' && { from }),
        positions,
      })),
    }),
    ...(temperature !== undefined && { temperature }),
    ...(prompt && { prompt: { name: prompt.name, user: prompt.user, assistant: prompt.assistant } }),
  }
  return { name: name ?? armName(complete), ...complete }
}

/**
 * A name that says what an arm does: `'original'`, `'layer 3'`, `'layer 3 from 8 until 6 of tokens 0 to 32'`,
 * `'steering at 6 by mean × 0.5'`, `'original, temperature 0.8'`.
 */
export function armName(action: ArmAction): string {
  const { injections = [], steering = [], replacements = [], temperature, prompt } = action
  const done = [
    ...injections.map(injectionName),
    ...steering.map(
      ({ layer, vector, from = layer, scale = 1, positions }) =>
        `steering at ${layer} by ${source(vector, from, layer)}${scale === 1 ? '' : ` × ${scale}`}${at(positions)}`,
    ),
    ...replacements.map(
      ({ layer, by, from = layer, positions }) =>
        `${source(by, from, layer)} in place of layer ${layer}${at(positions)}`,
    ),
  ]
  return [
    done.join(' + ') || 'original',
    ...(temperature === undefined ? [] : [`temperature ${temperature}`]),
    ...(prompt ? [`prompt ${prompt.name}`] : []),
  ].join(', ')
}

function injectionName({ layer, from = layer, until, slice, decodePositions }: InjectionSpec): string {
  return [
    `layer ${layer}`,
    ...(from === layer ? [] : [`from ${from}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
    ...(slice ? [`of tokens ${slice[0]} to ${slice[1] ?? 'the end'}`] : []),
    ...(decodePositions === 'released' ? ['at released positions'] : []),
  ].join(' ')
}

function source(values: 'zero' | 'mean' | readonly number[], from: number, layer: number): string {
  if (typeof values !== 'string') return 'a vector'
  return values === 'mean' && from !== layer ? `mean of layer ${from}` : values
}

function at(positions: SteeringSpec['positions'] = 'all'): string {
  if (positions === 'all') return ''
  return ` at ${typeof positions === 'string' ? `${positions} positions` : `positions ${positions.join(', ')}`}`
}
