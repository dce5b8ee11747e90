import type { Depth } from '../nir/index.js'
import { ThesisError } from './errors.js'

/** The thesis' arms and the number of decoder layers of its model, LLaMA 3.1 8B. */
const THESIS_LAYERS = [1, 10, 23] as const
const THESIS_LAYER_COUNT = 32

/**
 * The list of injection layers in the released code, in its order: with `mapping: 'released'` the order decides which
 * CRV a layer receives.
 */
const RELEASED_ORDER = [23, 1, 10] as const

/** An arm of the thesis and what stands for it on the model at hand. */
export interface ThesisArm {
  /** As published: `'layer 10'`. */
  readonly published: string
  /** As measured: `'layer 4'` on a model of 12 layers. */
  readonly measured: string
  /** 0-based injection layer on the model at hand. */
  readonly depth: Depth
}

/**
 * The thesis' arms on a model, in the order of its tables, `original` last. On another number of layers than 32, the
 * layers at the same relative depth, rounded; but none below 1, where the input of the layer would be the plain
 * embedding, without any computing of the model in it.
 * @throws {@link ThesisError} `MODEL_TOO_SHALLOW` where two arms would be the same.
 */
export function thesisArms(layerCount: number): ThesisArm[] {
  const layers = THESIS_LAYERS.map((layer) => sameDepth(layer, layerCount))
  if (new Set(layers).size < layers.length || layers.at(-1)! >= layerCount)
    throw new ThesisError(
      'MODEL_TOO_SHALLOW',
      `This model has ${layerCount} decoder layers; the thesis' three depths are not three different layers of it.`,
      'Use a model of at least 5 layers.',
    )
  return [
    ...THESIS_LAYERS.map((published, index) => ({
      published: `layer ${published}`,
      measured: `layer ${layers[index]!}`,
      depth: layers[index]!,
    })),
    { published: 'original', measured: 'original', depth: 'original' },
  ]
}

/** The depths of a run, the injection layers in the order of the released code's list. */
export function releasedOrder(arms: readonly ThesisArm[]): Depth[] {
  const named = RELEASED_ORDER.map((layer) => arms.find(({ published }) => published === `layer ${layer}`)!)
  return [...named.map(({ depth }) => depth), 'original']
}

/** Which layers stand for the thesis', in a sentence. */
export function armsNote(arms: readonly ThesisArm[], layerCount: number): string {
  if (layerCount === THESIS_LAYER_COUNT) return "The arms are the thesis': layers 1, 10 and 23 of 32."
  const layers = arms.flatMap(({ depth }) => (depth === 'original' ? [] : [depth]))
  return `The thesis' layers 1, 10 and 23 of 32 are the layers ${layers.join(', ')} of ${layerCount} here, at the same relative depths.`
}

function sameDepth(layer: number, layerCount: number): number {
  return Math.max(1, Math.round((layer / THESIS_LAYER_COUNT) * layerCount))
}
