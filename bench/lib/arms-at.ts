import type { Arm, Crv } from '../../src/engine/index.js'
import { buildArm, depthArms, type Depth } from '../../src/nir/index.js'

/** The arms that inject a CRV at these depths, ready for the engine. */
export function armsAt(crv: Crv | null, depths: readonly Depth[]): Arm[] {
  return depthArms(depths).map((arm) => buildArm(arm, crv))
}
