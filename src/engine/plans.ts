import type { Interventions } from './arm.js'
import type { Context, Layout, LayerShift, Visible } from './layout.js'
import type { NativeEdit, NativePlan } from './native.js'
import { toRanges } from './positions.js'

/** The sequence under which a context's rows are in the cache. */
export type SequenceOf = (context: Context) => number

/** The plan for an arm's own rows; `null`: nothing is done to them. */
export function armPlan(
  arm: Interventions,
  layout: Layout,
  promptLength: number,
  layerCount: number,
  hiddenSize: number,
  sequenceOf: SequenceOf,
): NativePlan | null {
  const { base } = layout
  const shifts = allRows(layout.shifts)
  for (const { crv, layer, until = layerCount, decodePositions } of arm.injections ?? [])
    if (decodePositions === 'released') shifts.push([layer, until, base + promptLength, -crv.tokenCount])
  const edits = [...replacements(arm, base, promptLength, hiddenSize), ...additions(arm, base, promptLength)]
  if (layout.visible.length === 0 && edits.length === 0) return null
  return { visible: triples(layout.visible, sequenceOf), edits, shifts: Int32Array.from(shifts.flat()) }
}

/** The plan for a context's rows; `null`: nothing is done to them. */
export function contextPlan(context: Context, sequenceOf: SequenceOf): NativePlan | null {
  if (context.visible.length === 0) return null
  return {
    visible: triples(context.visible, sequenceOf),
    edits: [],
    shifts: Int32Array.from(allRows(context.shifts).flat()),
  }
}

function triples(visible: readonly Visible[], sequenceOf: SequenceOf): Int32Array {
  return Int32Array.from(visible.flatMap(({ context, from, until }) => [sequenceOf(context), from, until]))
}

function allRows(shifts: readonly LayerShift[]): number[][] {
  return shifts.map(({ from, until, amount }) => [from, until, 0, amount])
}

function additions(arm: Interventions, base: number, promptLength: number): NativeEdit[] {
  return (arm.steering ?? []).flatMap(({ vector, layer, scale = 1, positions }) => {
    const values = Float32Array.from(vector, (value) => value * scale)
    return toRanges(positions, promptLength).map(({ first, last }) => ({
      layer,
      first: base + first,
      last: base + last,
      replace: false,
      values,
    }))
  })
}

function replacements(
  arm: Interventions,
  base: number,
  promptLength: number,
  hiddenSize: number,
): NativeEdit[] {
  return (arm.replacements ?? []).flatMap(({ by, layer, positions }) => {
    const values = by === 'zero' ? new Float32Array(hiddenSize) : Float32Array.from(by)
    return toRanges(positions, promptLength).map(({ first, last, place }) => ({
      layer,
      first: base + first,
      last: base + last,
      replace: true,
      values:
        values.length === hiddenSize
          ? values
          : values.subarray(place * hiddenSize, (place + last - first) * hiddenSize),
    }))
  })
}
