import type { Arm, Crv } from '../engine/index.js'
import type { ArmAction, InjectionSpec, NamedArm } from './arm-spec.js'

/** The layers of the context whose hidden states arms need. */
export function capturedLayers(arms: readonly ArmAction[]): number[] {
  const layers = arms.flatMap(({ injections = [], steering = [], replacements = [] }) => [
    ...injections.map(({ layer, from = layer }) => from),
    ...steering.flatMap(({ layer, vector, from = layer }) => (vector === 'mean' ? [from] : [])),
    ...replacements.flatMap(({ layer, by, from = layer }) => (by === 'mean' ? [from] : [])),
  ])
  return [...new Set(layers)]
}

/**
 * An arm for the engine, with what was captured of a context in place.
 * @param crv - holds {@link capturedLayers} of the arm; null where there are none
 */
export function buildArm(arm: NamedArm, crv: Crv | null): Arm {
  const { name, injections = [], steering = [], replacements = [] } = arm
  const mean = (layer: number) => crv!.mean(layer)
  return {
    name,
    injections: injections.flatMap((injection) => {
      const rows = sliceOf(crv!, injection.slice)
      const { layer, from, until, decodePositions } = injection
      return rows ? [{ crv: rows, layer, from, until, decodePositions }] : []
    }),
    steering: steering.map(({ vector, from, ...rest }) => ({
      ...rest,
      vector: vector === 'mean' ? mean(from ?? rest.layer) : vector,
    })),
    replacements: replacements.map(({ by, from, ...rest }) => ({
      ...rest,
      by: by === 'mean' ? mean(from ?? rest.layer) : by,
    })),
  }
}

/** How many rows an arm injects of a context of so many tokens. */
export function injectedRows({ injections = [] }: ArmAction, tokenCount: number): number {
  return injections.reduce((sum, { slice }) => {
    const [start, end] = rangeOf(slice, tokenCount)
    return sum + Math.max(end - start, 0)
  }, 0)
}

/** Null: the slice has no rows. */
function sliceOf(crv: Crv, slice: InjectionSpec['slice']): Crv | null {
  if (!slice) return crv
  const [start, end] = rangeOf(slice, crv.tokenCount)
  return start < end ? crv.slice(start, end) : null
}

/** As `Array.prototype.slice` counts. */
function rangeOf(slice: InjectionSpec['slice'], tokenCount: number): [start: number, end: number] {
  const place = (index: number) => Math.min(Math.max(index < 0 ? index + tokenCount : index, 0), tokenCount)
  return slice ? [place(slice[0]), place(slice[1] ?? tokenCount)] : [0, tokenCount]
}
