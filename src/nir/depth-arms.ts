import type { Arm, Crv } from '../engine/index.js'

/** An injection layer, or `'original'` for the model without injection. */
export type Depth = number | 'original'

/** The depths of a sweep: `'all'` stands for the original and every decoder layer. */
export function resolveDepths(layers: 'all' | readonly Depth[], layerCount: number): Depth[] {
  if (layers !== 'all') return [...new Set(layers)]
  return ['original', ...Array.from({ length: layerCount }, (_, layer) => layer)]
}

/** The name of the arm that injects at a depth. */
function armName(depth: Depth): string {
  return depth === 'original' ? 'original' : `layer ${depth}`
}

/** One arm a depth, each injecting the CRV's matrix of that same layer. */
export function depthArms(crv: Crv, depths: readonly Depth[]): Arm[] {
  return depths.map((depth) => ({
    name: armName(depth),
    injections: depth === 'original' ? [] : [{ crv, layer: depth }],
  }))
}
