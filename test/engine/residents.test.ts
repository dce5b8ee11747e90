import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { idle } from '../../bench/lib/soak.js'
import { Crv, Engine } from '../../src/engine/index.js'
import { Decoder } from '../../src/engine/decoder.js'
import type { Context } from '../../src/engine/layout.js'
import { Residents } from '../../src/engine/residents.js'
import { golden, goldenModel } from './golden.js'

const { prompt } = golden.cases[0]!
let engine: Engine
let crv: Crv

beforeAll(async () => {
  engine = await Engine.open({ path: goldenModel, gpu: false, threads: 1, contextSize: 1024 })
  crv = await engine.capture(golden.context)
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => engine.close())

/** Counts the rows that are decoded from now on. */
function rowCount(): () => number {
  const decode = vi.spyOn(Decoder.prototype, 'decode')
  return () => decode.mock.calls.reduce((sum, [batch]) => sum + batch.tokens.length, 0)
}

/** What an arm's own sequence takes: its prompt, and every token but the last. */
const ownRows = (maxTokens: number) => prompt.length + maxTokens - 1

describe('a context in the cache', () => {
  it('is decoded once for all depths of a captured CRV', async () => {
    const arms = Array.from({ length: 6 }, (_, layer) => ({ name: '', injections: [{ crv, layer }] }))
    const rows = rowCount()
    await engine.generateArms(prompt, arms, { maxTokens: 4 })
    expect(rows()).toBe(crv.tokenCount + 6 * ownRows(4))
  })

  it('is shared by calls that run at once, and gone with the last of them', async () => {
    const rows = rowCount()
    let during = 0
    const calls = [20, 4, 9].map((maxTokens, i) =>
      engine.generate(prompt, {
        maxTokens,
        injections: [{ crv, layer: 1 + i }],
        onToken: () => {
          during = Math.max(during, engine.usage.cells)
        },
      }),
    )
    await Promise.all(calls)
    expect(rows()).toBe(crv.tokenCount + ownRows(20) + ownRows(4) + ownRows(9))
    expect(during).toBe(crv.tokenCount + 3 * prompt.length + 20 + 4 + 9)
    expect(engine.usage).toEqual({ cells: 0, sequences: 0, jobs: 0 })
    await engine.generate(prompt, { maxTokens: 4, injections: [{ crv, layer: 1 }] })
    expect(rows()).toBe(2 * crv.tokenCount + ownRows(20) + 2 * ownRows(4) + ownRows(9))
  })

  it('stays for the others when one of them is cancelled', async () => {
    const options = { maxTokens: 12, injections: [{ crv, layer: 3 }] }
    const alone = await engine.generate(prompt, options)
    const rows = rowCount()
    const controller = new AbortController()
    const first = engine.generate(prompt, {
      ...options,
      signal: controller.signal,
      onToken: () => {
        controller.abort(new Error('no longer'))
      },
    })
    const second = engine.generate(prompt, options)
    await expect(first).rejects.toThrow('no longer')
    expect((await second).tokens).toEqual(alone.tokens)
    expect(rows()).toBe(crv.tokenCount + ownRows(12) + prompt.length)
    await idle(engine)
  })

  it('of a copied CRV is decoded once a layer', async () => {
    const states = new Map(crv.layers.map((layer) => [layer, crv.at(layer).slice()]))
    const copy = new Crv({ states, tokens: crv.tokens, hiddenSize: crv.hiddenSize })
    const arms = [2, 2, 4].map((layer) => ({ name: '', injections: [{ crv: copy, layer }] }))
    const rows = rowCount()
    await engine.generateArms(prompt, arms, { maxTokens: 4 })
    expect(rows()).toBe(2 * crv.tokenCount + 3 * ownRows(4))
  })

  it('behind another one is of its own', async () => {
    const pair = [1, 4].map((layer) => ({ crv, layer }))
    const arms = [
      { name: 'both', injections: pair },
      { name: 'one', injections: pair.slice(1) },
    ]
    const rows = rowCount()
    await engine.generateArms(prompt, arms, { maxTokens: 4 })
    // The front one is the same for both arms.
    expect(rows()).toBe(2 * crv.tokenCount + 2 * ownRows(4))
  })
})

describe('Residents', () => {
  const context = (key: string) => ({ key }) as Context
  const [a, b] = [context('a'), context('b')]

  it('forgets what its last user releases, and nothing sooner', () => {
    const residents = new Residents()
    expect(residents.missing([a, b])).toEqual([a, b])
    const resident = residents.add(a, 5)
    residents.retain([a])
    residents.retain([context('a')])
    expect(residents.missing([a, b])).toEqual([b])
    expect(residents.sequenceOf(context('a'))).toBe(5)
    expect(residents.areReady([a])).toBe(false)
    resident.ready = true
    expect(residents.areReady([a])).toBe(true)
    expect(residents.release([a])).toEqual([])
    expect(residents.release([a])).toEqual([resident])
    expect(residents.missing([a])).toEqual([a])
  })
})
