import { describe, expect, it } from 'vitest'
import type { Injection } from '../../src/engine/index.js'
import { Crv } from '../../src/engine/index.js'
import { contextsOf, layOut, type Context, type LayerShift, type Layout } from '../../src/engine/layout.js'

const LAYERS = 6
const PROMPT = -1

/** A row: which injection brought it (or {@link PROMPT}), and which of its rows it is. */
interface Row {
  readonly of: number
  readonly row: number
}

/** The definition: at a layer's input, ended windows are cut out and injections put in front, one after another. */
function literalRows(injections: readonly Injection[], promptRows: number): Row[][] {
  let rows = rowsOf(PROMPT, promptRows)
  return Array.from({ length: LAYERS }, (_, layer) => {
    injections.forEach(({ crv, layer: from, until = LAYERS }, of) => {
      if (until === layer) rows = rows.filter((row) => row.of !== of)
      if (from === layer && from < until) rows = [...rowsOf(of, crv.tokenCount), ...rows]
    })
    return rows
  })
}

function rowsOf(of: number, count: number): Row[] {
  return Array.from({ length: count }, (_, row) => ({ of, row }))
}

/** The position that a layout gives a row in a layer. */
function positionOf(
  { base, shifts }: { base: number; shifts: readonly LayerShift[] },
  row: number,
  layer: number,
) {
  const moves = shifts.filter(({ from, until }) => from <= layer && layer < until)
  return moves.reduce((position, { amount }) => position + amount, base + row)
}

/** The layout's context of each injection that has one, by the injection's place in the list. */
function byInjection(layout: Layout, injections: readonly Injection[]): Map<number, Context> {
  const inOrder = injections
    .map((injection, of) => ({ ...injection, of }))
    .filter(({ layer, until = LAYERS }) => layer < until)
    .sort((a, b) => b.layer - a.layer || b.of - a.of) // the one applied last is the front-most
  expect(layout.visible.length).toBe(inOrder.length)
  return new Map(inOrder.map(({ of }, place) => [of, layout.visible[place]!.context]))
}

function crvOf(tokenCount: number): Crv {
  const states = new Map(Array.from({ length: LAYERS }, (_, layer) => [layer, new Float32Array(tokenCount)]))
  return new Crv({ states, tokens: new Array<number>(tokenCount).fill(1), hiddenSize: 1 })
}

/** Mulberry32. */
function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const crvs = [1, 2, 3, 5].map(crvOf)

function randomInjections(random: (below: number) => number): Injection[] {
  return Array.from({ length: random(5) }, () => {
    const layer = random(LAYERS)
    const until = random(3) === 0 ? undefined : layer + random(LAYERS - layer + 1)
    const from = random(3) === 0 ? random(LAYERS) : undefined
    return { crv: crvs[random(crvs.length)]!, layer, until, from }
  })
}

describe('the layout of several injections', () => {
  it('is the literal concatenation: who sees whom, and at what distance, in every layer', () => {
    const random = seeded(7)
    let pairs = 0
    for (let trial = 0; trial < 1500; trial++) {
      const injections = randomInjections(random)
      const captured = new Set(crvs.filter(() => random(2) === 0))
      const layout = layOut(injections, LAYERS, (crv) => captured.has(crv))
      const contexts = byInjection(layout, injections)
      const placeOf = (of: number) => (of === PROMPT ? layout : contexts.get(of)!)
      const isSeen = (from: number, of: number, layer: number) =>
        placeOf(from).visible.some(
          ({ context, ...window }) =>
            context.key === contexts.get(of)!.key && window.from <= layer && layer < window.until,
        )
      literalRows(injections, 2).forEach((rows, layer) => {
        for (const [place, row] of rows.entries()) {
          const mine = positionOf(placeOf(row.of), row.row, layer)
          expect(mine).toBeGreaterThanOrEqual(0)
          for (const [other, seen] of rows.slice(0, place + 1).entries()) {
            const distance = mine - positionOf(placeOf(seen.of), seen.row, layer)
            const where = () => JSON.stringify({ trial, layer, row, seen, injections: injections.map(named) })
            if (seen.of !== row.of && !isSeen(row.of, seen.of, layer)) expect.fail(`not seen: ${where()}`)
            if (distance !== place - other) expect.fail(`${distance}, not ${place - other}: ${where()}`)
            pairs++
          }
        }
        const present = new Set(rows.map((row) => row.of))
        for (const of of contexts.keys()) {
          const visible = layout.visible.some(
            ({ context, from, until }) =>
              context.key === contexts.get(of)!.key && from <= layer && layer < until,
          )
          if (!present.has(of)) expect(visible && !isTwin(contexts, of, present)).toBe(false)
        }
      })
    }
    expect(pairs).toBeGreaterThan(100_000)
  })

  it('hides from a context whatever is behind it, and everything below its injection layer', () => {
    const random = seeded(11)
    for (let trial = 0; trial < 500; trial++) {
      const injections = randomInjections(random)
      const layout = layOut(injections, LAYERS, () => true)
      const contexts = byInjection(layout, injections)
      const order = layout.visible.map(({ context }) => context)
      for (const [of, context] of contexts) {
        const ahead = order.slice(0, order.indexOf(context))
        for (const { context: other, from } of context.visible) {
          expect(ahead).toContain(other)
          expect(from).toBeGreaterThanOrEqual(injections[of]!.layer)
        }
      }
    }
  })

  it('gives contexts a common key exactly when their keys and values are the same', () => {
    const random = seeded(13)
    const contents = new Map<string, string>()
    for (let trial = 0; trial < 1500; trial++) {
      const layout = layOut(randomInjections(random), LAYERS, (crv) => crv === crvs[1] || crv === crvs[2])
      for (const context of contextsOf(layout)) {
        const content = JSON.stringify(contentOf(context))
        expect(contents.get(context.key) ?? content).toBe(content)
        contents.set(context.key, content)
      }
    }
    expect(new Set(contents.values()).size).toBe(contents.size)
    expect(contents.size).toBeGreaterThan(500)
  })

  it('lets one context serve every depth of a captured CRV, and none of another matrix', () => {
    const depths = Array.from({ length: LAYERS }, (_, layer) => [{ crv: crvs[3]!, layer }])
    const keys = (isCaptured: boolean) =>
      new Set(
        depths.flatMap((one) => contextsOf(layOut(one, LAYERS, () => isCaptured))).map(({ key }) => key),
      )
    expect(keys(true).size).toBe(1)
    expect(keys(false).size).toBe(LAYERS)
  })

  it('has keys of one length, however many injections are in front of each other', () => {
    const layers = 64
    const crv = crvs[0]!
    const states = new Map(Array.from({ length: layers }, (_, layer) => [layer, new Float32Array(1)]))
    const deep = new Crv({ states, tokens: crv.tokens, hiddenSize: 1 })
    const every = Array.from({ length: layers }, (_, layer) => ({ crv: deep, layer }))
    const lengths = contextsOf(layOut(every, layers, () => true)).map(({ key }) => key.length)
    expect(lengths).toHaveLength(layers)
    expect(Math.max(...lengths)).toBeLessThan(100)
  })
})

/** Is another injection of the same context present? */
function isTwin(contexts: ReadonlyMap<number, Context>, of: number, present: ReadonlySet<number>): boolean {
  return [...contexts].some(([other, { key }]) => present.has(other) && key === contexts.get(of)!.key)
}

function named({ crv, ...rest }: Injection): object {
  return { rows: crv.tokenCount, ...rest }
}

/** All that a context's keys and values follow from, spelt out. */
function contentOf({ crv, overwrite, base, visible, shifts }: Context): unknown {
  const windows = visible.map(({ context, from, until }) => [contentOf(context), from, until])
  return [crvs.indexOf(crv), overwrite, base, windows, shifts]
}
