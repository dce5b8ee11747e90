import {
  armGrid,
  completeArm,
  depthArms,
  resolveDepths,
  type ArmGrid,
  type ArmSpec,
  type Depth,
  type DepthOptions,
  type NamedArm,
} from '../nir/index.js'
import { SweepOptionError } from './errors.js'
import type { SweepRecord } from './record.js'

/** What a sweep does to each problem: depths, a grid, single arms, or several of these. Default: all depths. */
export interface ArmOptions extends DepthOptions {
  /** Injection depths; `'all'`: the original and every decoder layer. */
  readonly layers?: 'all' | readonly Depth[] | undefined
  /** Combinations of capture layer, window, slice, temperature, prompt, …: see {@link ArmGrid}. */
  readonly grid?: ArmGrid | undefined
  /** Any interventions: see {@link ArmSpec}. */
  readonly arms?: readonly ArmSpec[] | undefined
}

/**
 * The arms of a sweep, in their order; an arm that is asked for twice is there once.
 * @throws {@link SweepOptionError} `ARMS_OF_ONE_NAME`, `NO_LAYERS`.
 */
export function resolveArms(options: ArmOptions, layerCount: number): NamedArm[] {
  const { grid, arms: single = [] } = options
  const { layers = grid || options.arms ? [] : 'all' } = options
  const asked = [
    ...depthArms(resolveDepths(layers, layerCount), options),
    ...(grid ? armGrid(grid, layerCount) : []),
    ...single.map(completeArm),
  ]
  const arms = new Map<string, NamedArm>()
  for (const arm of asked) {
    const known = arms.get(arm.name)
    if (known && JSON.stringify(known) !== JSON.stringify(arm))
      throw new SweepOptionError(
        'ARMS_OF_ONE_NAME',
        `Two different arms are named '${arm.name}'.`,
        'Give one of them another name.',
      )
    arms.set(arm.name, arm)
  }
  if (arms.size > 0) return [...arms.values()]
  throw new SweepOptionError(
    'NO_LAYERS',
    'The sweep has no arms.',
    "Give layers: 'all', a list of depths, a grid, or arms.",
  )
}

/** What records say of an arm. */
export type ArmDescription = Pick<SweepRecord, 'arm' | 'layer' | 'captureLayer' | 'decodePositions'>

/** What records say of an arm: its layers where all it does is one injection up to the last layer, of the whole context. */
export function describeArm({ name, ...action }: NamedArm): ArmDescription {
  const [injection, ...others] = action.injections ?? []
  const isPlain = Object.keys(action).length === 1 && others.length === 0
  const { layer, from, until, slice, decodePositions } = injection ?? {}
  if (!isPlain || layer === undefined || until !== undefined || slice)
    return { arm: name, layer: null, captureLayer: null, decodePositions: null }
  return { arm: name, layer, captureLayer: from ?? layer, decodePositions: decodePositions ?? 'recomputed' }
}
