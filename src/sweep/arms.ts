import { depthArms, type Depth, type DepthOptions } from '../nir/index.js'
import type { Arm } from '../engine/index.js'
import type { SweepRecord } from './record.js'

/** What an arm does, as records say it. */
export type ArmDescription = Pick<SweepRecord, 'arm' | 'layer' | 'captureLayer' | 'decodePositions'>

/** The arms of a sweep before anything is captured, in their order. */
export function describeArms(depths: readonly Depth[], options: DepthOptions): ArmDescription[] {
  return depthArms(null, depths, options).map(describeArm)
}

/** What an arm does: nothing, or one injection. */
export function describeArm({ name, injections }: Arm): ArmDescription {
  const injection = injections?.[0]
  return {
    arm: name,
    layer: injection?.layer ?? null,
    captureLayer: injection?.from ?? null,
    decodePositions: injection?.decodePositions ?? null,
  }
}
