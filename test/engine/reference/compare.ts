import { Crv, type Arm, type Engine } from '../../../src/engine/index.js'
import { joined } from './difference.js'
import { sliceCrv, type ReferenceCrv, type ReferenceInterventions } from './interventions.js'
import { loadReference, type ReferenceModel } from './model.js'
import { captureReference } from './nir.js'
import { contexts, type InjectionRecipe, type Recipe } from './recipes.js'

/**
 * Float32 against float64. llama.cpp's CPU backend looks GELU up in a table of half-precision numbers: where an input
 * falls just between two of them the two sides round it differently, and what follows is 1e-3 apart at most.
 */
export const boundOf = (name: string) => (/^(Gemma|StarCoder)/.test(name) ? 1e-3 : 5e-5)

type Captured = Readonly<
  Record<keyof typeof contexts, { reference: ReferenceCrv; engine: Crv; numbers: Crv }>
>

/** A model in the engine and in the reference, with the contexts captured by both. */
export interface Pair {
  readonly engine: Engine
  readonly reference: ReferenceModel
  readonly captured: Captured
}

export async function pairOf(engine: Engine): Promise<Pair> {
  const reference = await loadReference(engine.model.path)
  const entries = Object.entries(contexts).map(async ([name, tokens]) => {
    const crv = captureReference(reference, tokens)
    return [name, { reference: crv, engine: await engine.capture(tokens), numbers: numbersOf(crv, tokens) }]
  })
  return { engine, reference, captured: Object.fromEntries(await Promise.all(entries)) as Captured }
}

function numbersOf({ layers }: ReferenceCrv, tokens: readonly number[]): Crv {
  const states = layers.map((rows, layer) => [layer, Float32Array.from(joined(rows))] as const)
  return new Crv({ states: new Map(states), tokens, hiddenSize: layers[0]![0]!.length })
}

/** The recipe for the reference. */
export function interventionsOf({ captured }: Pair, recipe: Recipe): ReferenceInterventions {
  return {
    ...recipe,
    injections: recipe.injections?.map(({ context, slice, ...injection }) => {
      const { reference } = captured[context]
      return { ...injection, crv: slice ? sliceCrv(reference, ...slice) : reference }
    }),
  }
}

/** The recipe for the engine. */
export function armOf({ captured }: Pair, recipe: Recipe): Arm {
  const crvOf = ({ context, slice, numbers }: InjectionRecipe) => {
    const crv = numbers ? captured[context].numbers : captured[context].engine
    return slice ? crv.slice(...slice) : crv
  }
  const { name, steering, replacements } = recipe
  return {
    name,
    steering,
    replacements,
    injections: recipe.injections?.map((injection) => ({
      crv: crvOf(injection),
      layer: injection.layer,
      from: injection.from,
      until: injection.until,
      decodePositions: injection.decodePositions,
    })),
  }
}
