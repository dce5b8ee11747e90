import type { Injection } from '../engine/index.js'
import { completeArm, type NamedArm } from './arm-spec.js'

/** An injection layer, or `'original'` for the model without injection. */
export type Depth = number | 'original'

/**
 * Which captured matrix an arm injects, by name or as injection layer → capture layer. See
 * {@link DepthOptions.mapping}.
 */
export type Mapping = 'described' | 'released' | Readonly<Record<number, number>>

/** Where the thesis' released code differs from its description; each can be had by itself. */
export interface DepthOptions {
  /**
   * The capture layer of the CRV that an injection layer receives. `'described'` (default): the same layer.
   * `'released'`, the permuted CRVs of the thesis' released code: the i-th layer of the list, in the order in which it
   * was given (`'original'` is not counted), receives the CRV of the i-th lowest. With `[23, 1, 10]`, the list at
   * release, layer 23 receives the CRV of layer 1, layer 1 that of 10, layer 10 that of 23. The order of the list
   * therefore matters: an ascending list (`'all'` is one) gives the described mapping.
   * `{ 8: 2 }`: layer 8 receives the CRV of layer 2, layers that are not named receive their own.
   */
  readonly mapping?: Mapping | undefined
  /**
   * RoPE positions of generated tokens in the layers that see the CRV: `'recomputed'` (default), or `'released'`, as
   * many positions too early as the CRV has rows.
   */
  readonly decodePositions?: Injection['decodePositions']
}

/** The depths of a sweep: `'all'` stands for the original and every decoder layer. */
export function resolveDepths(layers: 'all' | readonly Depth[], layerCount: number): Depth[] {
  if (layers !== 'all') return [...new Set(layers)]
  return ['original', ...Array.from({ length: layerCount }, (_, layer) => layer)]
}

/** The capture layer of every injection layer among the depths, in their order. */
export function captureLayers(
  depths: readonly Depth[],
  mapping: Mapping = 'described',
): ReadonlyMap<number, number> {
  const listed = depths.filter((depth): depth is number => depth !== 'original')
  const ascending = [...listed].sort((a, b) => a - b)
  const captured = (layer: number, index: number) => {
    if (mapping === 'described') return layer
    return mapping === 'released' ? ascending[index]! : (mapping[layer] ?? layer)
  }
  return new Map(listed.map((layer, index) => [layer, captured(layer, index)]))
}

/** One arm a depth, as data. The depths are distinct, as {@link resolveDepths} gives them. */
export function depthArms(depths: readonly Depth[], options: DepthOptions = {}): NamedArm[] {
  const { mapping, decodePositions } = options
  const captured = captureLayers(depths, mapping)
  return depths.map((layer) => {
    if (layer === 'original') return completeArm({})
    // Named by its depth alone: which CRV it receives is the mapping's, and the same question is asked of every depth.
    return completeArm({
      name: `layer ${layer}`,
      injections: [{ layer, from: captured.get(layer), decodePositions }],
    })
  })
}
