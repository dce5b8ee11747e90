import { createHash } from 'node:crypto'
import type { Injection } from './arm.js'
import type { Crv } from './crv.js'

/** RoPE positions moved by `amount` in decoder layers `from` ≤ layer < `until`. */
export interface LayerShift {
  readonly from: number
  readonly until: number
  readonly amount: number
}

/** A CRV whose keys and values have to be in the cache. */
export interface Context {
  /** Contexts with the same key have the same keys and values. */
  readonly key: string
  readonly crv: Crv
  /** The CRV's rows of layer `from` replace those of the pass at `layer`; `null`: the pass itself gives them. */
  readonly overwrite: { readonly layer: number; readonly from: number } | null
  /** Position of its first row. */
  readonly base: number
  /** Contexts in front of it, which its own rows see. */
  readonly visible: readonly Visible[]
  readonly shifts: readonly LayerShift[]
}

/** A context and the decoder layers `from` ≤ layer < `until` that see it. */
export interface Visible {
  readonly context: Context
  readonly from: number
  readonly until: number
}

/** Where an arm's injected rows lie, and how its own rows see them. */
export interface Layout {
  /** The front-most first, so that each comes after those that it sees. */
  readonly visible: readonly Visible[]
  /** Position of the prompt's first row. */
  readonly base: number
  readonly shifts: readonly LayerShift[]
}

/** Identity of a CRV in context keys. */
const ids = new WeakMap<Crv, number>()
let lastId = 0

function idOf(crv: Crv): number {
  const id = ids.get(crv) ?? ++lastId
  ids.set(crv, id)
  return id
}

/** Keys hold the keys of what is in front: spelt out, their length would double with every injection. */
function digest(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64')
}

/**
 * Lays out the rows of an arm's injections: in every layer the present rows take the positions 0, 1, 2, …, with the
 * injection that was applied last in front. See docs/decisions/several-injections.md.
 *
 * @param isCaptured - did this model capture the CRV, so that a pass over its tokens gives its states?
 */
export function layOut(
  injections: readonly Injection[],
  layerCount: number,
  isCaptured: (crv: Crv) => boolean,
): Layout {
  const applied = injections
    .map(({ crv, layer, from = layer, until = layerCount }) => ({ crv, layer, from, until }))
    .filter(({ layer, until }) => layer < until)
    .sort((a, b) => a.layer - b.layer) // stable
  const isPresent = (index: number, layer: number) =>
    applied[index]!.layer <= layer && layer < applied[index]!.until
  /** Present rows in front of an injection's; `index` -1: in front of the prompt. */
  const inFront = (index: number, layer: number) => {
    let rows = 0
    for (let other = index + 1; other < applied.length; other++)
      if (isPresent(other, layer)) rows += applied[other]!.crv.tokenCount
    return rows
  }
  const layers = Array.from({ length: layerCount }, (_, layer) => layer)
  const prompt = -1
  const baseOf = (index: number) =>
    Math.max(
      0,
      ...layers.filter((l) => index === prompt || isPresent(index, l)).map((l) => inFront(index, l)),
    )
  const indexes = [prompt, ...applied.keys()]
  const bases = new Map(indexes.map((index) => [index, baseOf(index)]))
  /** By how much a layer's positions differ from the sequence's. Where all rows move alike, none need to. */
  const moved = (index: number, layer: number) => {
    const difference = (i: number) => inFront(i, layer) - bases.get(i)!
    const present = indexes.filter((i) => i === prompt || isPresent(i, layer))
    return present.every((i) => difference(i) === difference(index)) ? 0 : difference(index)
  }
  const shiftsOf = (index: number) =>
    joined(layers.map((l) => (index === prompt || isPresent(index, l) ? moved(index, l) : 0)))

  const visible: Visible[] = []
  for (let index = applied.length - 1; index >= 0; index--) {
    const { crv, layer, from, until } = applied[index]!
    const seen = visible.filter((other) => other.from < until && layer < other.until)
    const overwrite = from === layer && isCaptured(crv) ? null : { layer, from }
    const base = bases.get(index)!
    const shifts = shiftsOf(index)
    const windows = seen.map((other) => [other.context.key, other.from, other.until])
    const key = digest([idOf(crv), overwrite, base, windows, shifts])
    visible.push({ context: { key, crv, overwrite, base, visible: seen, shifts }, from: layer, until })
  }
  return { visible, base: bases.get(prompt)!, shifts: shiftsOf(prompt) }
}

/** Amounts, one a layer, as shifts over ranges of layers. */
function joined(amounts: readonly number[]): LayerShift[] {
  const shifts: { from: number; until: number; amount: number }[] = []
  amounts.forEach((amount, layer) => {
    if (amount === 0) return
    const previous = shifts.at(-1)
    if (previous?.until === layer && previous.amount === amount) previous.until++
    else shifts.push({ from: layer, until: layer + 1, amount })
  })
  return shifts
}

/** The contexts of a layout, each after those that it sees, and nothing twice. */
export function contextsOf(layout: Layout): Context[] {
  return [...new Map(layout.visible.map(({ context }) => [context.key, context])).values()]
}
