import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Crv, Engine, type GenerateOptions, type Interventions } from '../../src/engine/index.js'
import { Decoder } from '../../src/engine/decoder.js'
import { loadAddon } from '../../src/engine/native.js'
import { idle } from '../../bench/lib/soak.js'
import { golden, goldenModel } from './golden.js'

const { prompt, tokens } = golden.cases[0]!
const nothing = { cells: 0, sequences: 0, jobs: 0 }
const MIB = 2 ** 20
let engine: Engine
let crv: Crv

const open = (flashAttention = true) =>
  Engine.open({ path: goldenModel, gpu: false, threads: 1, contextSize: 200_000, flashAttention })

beforeAll(async () => {
  engine = await open()
  crv = await engine.capture(golden.context)
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => engine.close())

async function expectUsable(one = engine): Promise<void> {
  expect((await one.generate(prompt, { maxTokens: 8 })).tokens).toEqual(tokens)
  expect(one.usage).toEqual(nothing)
}

/** Leaves so many bytes of memory free. */
function free(bytes: number): void {
  vi.spyOn(process, 'availableMemory').mockReturnValue(bytes)
  vi.spyOn(process, 'constrainedMemory').mockReturnValue(bytes)
}

describe('a cache that does not fit the memory', () => {
  it('rejects with the numbers, and lets what fits go on', async () => {
    free(20 * MIB)
    const ends = await Promise.allSettled([
      engine.generate(prompt, { maxTokens: 8 }),
      engine.generate(prompt, { maxTokens: 150_000 }),
      engine.generate(prompt, { maxTokens: 8 }),
    ])
    expect(ends[0]).toMatchObject({ value: { tokens } })
    expect(ends[1]).toMatchObject({ reason: { name: 'EngineError', code: 'OUT_OF_MEMORY' } })
    const needed = prompt.length + 150_000
    expect((ends[1] as PromiseRejectedResult).reason).toHaveProperty(
      'message',
      expect.stringMatching(
        new RegExp(`${needed} cells \\(\\d+ MiB\\); there is memory for \\d+ \\(\\d+ MiB\\)`),
      ),
    )
    expect(ends[2]).toMatchObject({ value: { tokens } })
    await expectUsable()
  })

  it('rejects a capture and a context too', async () => {
    free(20 * MIB)
    await expect(engine.capture(new Array<number>(100_000).fill(1), { layers: [1] })).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
    })
    await expectUsable()
  })

  it('grows by no more than part of the free memory for what would only be faster', async () => {
    const one = await open()
    free(6 * MIB)
    const create = vi.spyOn(loadAddon(), 'createContext')
    const calls = Array.from({ length: 20 }, () => one.generate(prompt, { maxTokens: 400 }))
    for (const { tokens: given } of await Promise.all(calls)) expect(given).toHaveLength(400)
    const bytesPerCell = 6 * 2 * 32 * 2 // layers, keys and values, two heads of 16, halves
    const grown = create.mock.calls.map(([, { cells }]) => (cells - 4096 - 256) * bytesPerCell)
    expect(Math.max(...grown)).toBeLessThan(3 * MIB)
    await one.close()
  })

  it('that llama.cpp refuses rejects the call that needs it; the next one gets a new cache', async () => {
    const one = await open()
    const refused = Object.assign(new Error('no context'), { code: 'CONTEXT_FAILED' })
    vi.spyOn(loadAddon(), 'createContext').mockRejectedValue(refused)
    await expect(one.generate(prompt, { maxTokens: 9000 })).rejects.toMatchObject({
      name: 'EngineError',
      code: 'CONTEXT_FAILED',
    })
    expect(one.usage).toEqual(nothing)
    vi.restoreAllMocks()
    await expectUsable(one)
    await one.close()
  })
})

/** Lets the native side fail the n-th decode (from 0) with a code. */
function failDecode(n: number, code: string): void {
  const decode = Object.getOwnPropertyDescriptor(Decoder.prototype, 'decode')!.value as Decoder['decode']
  let count = 0
  vi.spyOn(Decoder.prototype, 'decode').mockImplementation(function (this: Decoder, batch) {
    if (count++ === n)
      vi.spyOn(this.context, 'decode').mockRejectedValueOnce(Object.assign(new Error('as asked'), { code }))
    return decode.call(this, batch)
  })
}

describe('a decode that fails', () => {
  const codes = ['DECODE_FAILED', 'CACHE_FULL', 'INTERVENTION_MISSED', 'OUT_OF_MEMORY', 'NATIVE_FAILURE']

  it.each(codes)('with %s rejects what it decoded; the session goes on', async (code) => {
    for (const n of [0, 1, 3]) {
      failDecode(n, code)
      const arms = [{ name: 'original' }, { name: 'injected', injections: [{ crv, layer: 2 }] }]
      const calls = [
        engine.generateArms(prompt, arms, { maxTokens: 8 }),
        engine.generate(prompt, { maxTokens: 8 }),
      ]
      for (const end of await Promise.allSettled(calls))
        expect(end).toMatchObject({ status: 'rejected', reason: { name: 'EngineError', code } })
      vi.restoreAllMocks()
      await expectUsable()
    }
  })

  it('rejects nothing that was not in it', async () => {
    let begun = false
    const onToken = () => {
      begun = true
    }
    const first = engine.generate(prompt, { maxTokens: 20, onToken })
    await vi.waitUntil(() => begun, { interval: 1 })
    const controller = new AbortController()
    const seen: number[] = []
    const waiting = engine.generate(prompt, {
      maxTokens: 20_000, // more cells than there are: it waits until the cache can grow
      signal: controller.signal,
      onToken: ({ token }) => {
        if (seen.push(token) === 8) controller.abort(new Error('seen enough'))
      },
    })
    failDecode(0, 'DECODE_FAILED')
    await expect(first).rejects.toMatchObject({ code: 'DECODE_FAILED' })
    await expect(waiting).rejects.toThrow('seen enough')
    expect(seen).toEqual(tokens)
    await idle(engine)
  })
})

describe('numbers that are not finite', () => {
  const bad = (value: number) =>
    new Crv({
      states: new Map([[2, new Float32Array(64).fill(value)]]),
      tokens: [1],
      hiddenSize: 64,
    })
  const nan = new Float32Array(64).fill(NaN)
  const cases: [string, GenerateOptions & Interventions][] = [
    ['a CRV with NaN', { injections: [{ crv: bad(NaN), layer: 2 }] }],
    ['a CRV with infinities', { injections: [{ crv: bad(-Infinity), layer: 2 }] }],
    ['steering by NaN', { steering: [{ vector: nan, layer: 3 }] }],
    ['a replacement by NaN', { replacements: [{ by: nan, layer: 3, positions: [-1] }] }],
  ]

  it.each(cases)('%s: its call rejects, those beside it go on', async (_name, options) => {
    const beside = [1, 2].map(() => engine.generate(prompt, { maxTokens: 8 }))
    await expect(engine.generate(prompt, { maxTokens: 8, ...options })).rejects.toHaveProperty(
      'code',
      expect.stringMatching(/NON_FINITE|NOT_FINITE/),
    )
    for (const one of beside) expect((await one).tokens).toEqual(tokens)
    await expectUsable()
  })

  it('end the arms beside them too', async () => {
    const arms = [{ name: 'original' }, { name: 'steered', steering: [{ vector: nan, layer: 3 }] }]
    const seen: string[] = []
    await expect(
      engine.generateArms(prompt, arms, { maxTokens: 100, onToken: ({ arm }) => seen.push(arm) }),
    ).rejects.toHaveProperty('code', expect.stringMatching(/NON_FINITE|NOT_FINITE/))
    expect(seen).not.toContain('steered')
    await expectUsable()
  })

  it.each(cases)('%s does not spoil a session without flash attention', async (_name, options) => {
    // There a hidden cell counts with weight zero, and zero times NaN is NaN: also for who comes later.
    const plain = await open(false)
    for (let i = 0; i < 2; i++) {
      await expect(plain.generate(prompt, { maxTokens: 8, ...options })).rejects.toThrow()
      await expectUsable(plain)
    }
    await plain.close()
  })
})
