import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../bench/lib/soak.js'
import { Crv, Engine, type Arm, type GenerateOptions } from '../../src/engine/index.js'
import { SEQUENCES, type Decoder } from '../../src/engine/decoder.js'
import { layOut, contextsOf } from '../../src/engine/layout.js'
import type { NativeBatch, NativeContext, NativeDecoded } from '../../src/engine/native.js'
import { Pass } from '../../src/engine/pass.js'
import type { Job } from '../../src/engine/job.js'
import { Scheduler } from '../../src/engine/scheduler.js'
import { embeddedModelPath } from '../../src/session/open-model.js'
import { golden, goldenModel } from './golden.js'

/** A decoder without a model: notes what it is asked, and decodes when told to. */
class FakeDecoder {
  cells = 0
  canGrow = true
  readonly batches: NativeBatch[] = []
  readonly reserved: [number, number][] = []
  aborts = 0
  #pending: ((aborted: boolean) => void) | undefined
  readonly context = {
    clear: () => undefined,
    abort: () => {
      this.aborts++
      this.#pending?.(true)
    },
    definePlan: () => 0,
    releasePlan: () => undefined,
    removeSequence: () => undefined,
  } as unknown as NativeContext

  constructor(private readonly size: number) {}

  async reserve(needed: number, wanted: number): Promise<void> {
    this.reserved.push([needed, wanted])
    if (needed > this.size) throw new Error('too large')
    this.cells = Math.min(this.size, Math.max(needed, wanted))
    this.canGrow = wanted < this.size
    await setImmediate()
  }

  decode(batch: NativeBatch): Promise<NativeDecoded> {
    this.batches.push(batch)
    const nothing = new Float32Array()
    const decoded = { tokens: new Int32Array(), logProbabilities: nothing, entropies: nothing }
    return new Promise((resolve, reject) => {
      this.#pending = (aborted) => {
        this.#pending = undefined
        if (aborted) reject(new Error('ABORTED'))
        else resolve({ ...decoded, logits: nothing, attention: nothing })
      }
    })
  }

  close(): void {
    this.cells = 0
  }

  /** Ends the decode that runs, once there is one. */
  async step(): Promise<void> {
    for (let i = 0; i < 20 && !this.#pending; i++) await setImmediate()
    this.#pending?.(false)
    for (let i = 0; i < 5; i++) await setImmediate()
  }

  /** Rows of every decode so far. */
  get rows(): number[] {
    return this.batches.map(({ tokens }) => tokens.length)
  }
}

function fake(size: number, alone = false) {
  const decoder = new FakeDecoder(size)
  return { decoder, scheduler: new Scheduler(decoder as unknown as Decoder, alone) }
}

function crvOf(rows: number): Crv {
  return new Crv({
    states: new Map([[0, new Float32Array(rows)]]),
    tokens: new Array<number>(rows).fill(0),
    hiddenSize: 1,
  })
}

/** A pass over some rows that sees CRVs. */
function job(rows: number, crvs: readonly Crv[] = [], parts: Partial<Job<undefined>> = {}): Job<undefined> {
  const injections = crvs.map((crv) => ({ crv, layer: 0 }))
  const tokens = new Array<number>(rows).fill(0)
  return {
    contexts: contextsOf(layOut(injections, 1, () => true)),
    cells: rows,
    plan: () => null,
    open: (place) => new Pass(place, { tokens, base: 0, hiddenSize: 1 }),
    ...parts,
  }
}

const nothing = { cells: 0, sequences: 0, jobs: 0 }

describe('what enters', () => {
  it('shares a decode as far as the cells go, in the order given; the next takes what is freed', async () => {
    const { decoder, scheduler } = fake(100)
    const ends: number[] = []
    const running = [40, 30, 30, 50, 10].map((rows, i) => scheduler.run(job(rows)).then(() => ends.push(i)))
    await decoder.step()
    expect(decoder.rows).toEqual([100, 60]) // the second decode has begun
    expect(ends).toEqual([0, 1, 2])
    await decoder.step()
    expect(decoder.rows).toEqual([100, 60])
    await Promise.all(running)
    expect(scheduler.usage).toEqual(nothing)
  })

  it('asks for a cache that holds all that waits, shared contexts once', async () => {
    const { decoder, scheduler } = fake(10_000)
    const crv = crvOf(300)
    const running = [10, 20, 30].map((rows) => scheduler.run(job(rows, [crv])))
    await decoder.step()
    expect(decoder.reserved).toEqual([[310, 360]])
    expect(scheduler.usage).toEqual({ cells: 360, sequences: 4, jobs: 3 })
    await decoder.step()
    await Promise.all(running)
    expect(scheduler.usage).toEqual(nothing)
  })

  it('waits for a larger cache when far more waits than fits', async () => {
    const { decoder, scheduler } = fake(10_000)
    const first = scheduler.run(job(600)) // two decodes
    for (let i = 0; i < 20 && decoder.batches.length === 0; i++) await setImmediate()
    const others = [500, 500, 500].map((rows) => scheduler.run(job(rows)))
    await decoder.step()
    await decoder.step()
    await first
    for (let i = 0; i < 3; i++) await decoder.step()
    await Promise.all(others)
    expect(decoder.rows).toEqual([512, 88, 512, 512, 476])
    expect(decoder.reserved).toEqual([
      [600, 600],
      [500, 1500],
    ])
  })

  it('more jobs than there are sequences all have their turn', async () => {
    const { decoder, scheduler } = fake(10_000)
    const running = Array.from({ length: 3 * SEQUENCES }, () => scheduler.run(job(1)))
    for (let i = 0; i < 3; i++) await decoder.step()
    await Promise.all(running)
    expect(decoder.rows).toEqual([SEQUENCES, SEQUENCES, SEQUENCES])
  })

  it('refuses a job with more contexts than there are sequences', async () => {
    const { scheduler } = fake(10_000)
    const crvs = Array.from({ length: SEQUENCES }, () => crvOf(1))
    await expect(scheduler.run(job(1, crvs))).rejects.toMatchObject({ code: 'TOO_MANY_INJECTIONS' })
    expect(scheduler.usage).toEqual(nothing)
  })

  it('one at a time, and one feed a decode, where nothing may depend on company', async () => {
    const { decoder, scheduler } = fake(10_000, true)
    const crv = crvOf(7)
    const running = [10, 20].map((rows) => scheduler.run(job(rows, [crv])))
    for (let i = 0; i < 4; i++) await decoder.step()
    await Promise.all(running)
    expect(decoder.rows).toEqual([7, 10, 7, 20])
  })
})

describe('a job that cannot start', () => {
  const failing = {
    plan: () => {
      throw new Error('no plan')
    },
  }
  const closing = {
    open: () => {
      throw new Error('no feed')
    },
  }

  it.each([failing, closing])('rejects alone, and its context is not waited for', async (parts) => {
    const { decoder, scheduler } = fake(1000)
    const crv = crvOf(5)
    const first = scheduler.run(job(10))
    const bad = scheduler.run(job(10, [crv], parts))
    const other = scheduler.run(job(10, [crv]))
    await expect(bad).rejects.toThrow(/no (plan|feed)/)
    await decoder.step()
    await decoder.step()
    await Promise.all([first, other])
    expect(decoder.rows).toEqual([15, 10])
    expect(scheduler.usage).toEqual(nothing)
  })

  it('for want of memory rejects alone', async () => {
    const { decoder, scheduler } = fake(100)
    const ends = Promise.allSettled([10, 200, 20].map((rows) => scheduler.run(job(rows))))
    await decoder.step()
    await decoder.step()
    expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(scheduler.usage).toEqual(nothing)
  })
})

describe('a cancelled decode', () => {
  it('is aborted when nobody waits for it any more, not before', async () => {
    const { decoder, scheduler } = fake(1000)
    const controllers = [new AbortController(), new AbortController()]
    const running = controllers.map(({ signal }) => scheduler.run(job(10), signal))
    const ends = Promise.allSettled(running)
    for (let i = 0; i < 20 && decoder.batches.length === 0; i++) await setImmediate()
    controllers[0]!.abort()
    expect(decoder.aborts).toBe(0)
    controllers[1]!.abort()
    expect(decoder.aborts).toBe(1)
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await decoder.step()
    expect(decoder.rows).toEqual([20])
    expect(scheduler.usage).toEqual(nothing)
  })

  it('of a context ends with its last user', async () => {
    const { decoder, scheduler } = fake(5000)
    const crvs = [crvOf(300), crvOf(600)] // the one behind sees the one in front
    const controllers = [new AbortController(), new AbortController()]
    const ends = Promise.allSettled(controllers.map(({ signal }) => scheduler.run(job(10, crvs), signal)))
    await decoder.step()
    for (let i = 0; i < 20 && decoder.batches.length < 2; i++) await setImmediate()
    controllers[1]!.abort()
    expect(decoder.aborts).toBe(0)
    controllers[0]!.abort()
    expect(decoder.aborts).toBe(1)
    await ends
    await decoder.step()
    expect(scheduler.usage).toEqual(nothing)
    const again = scheduler.run(job(10, crvs))
    for (let i = 0; i < 4; i++) await decoder.step()
    await again
  })
})

/** Calls of a session as functions, so that they can be made in any order; each gives something to compare. */
type Call = (engine: Engine) => Promise<{ tokens: readonly number[]; values: Float32Array }[]>

async function callsOf(engine: Engine): Promise<Call[]> {
  const random = seeded(2)
  const { layerCount, vocabularySize } = engine.model
  const text = (length: number) => Array.from({ length }, () => random(vocabularySize))
  const crvs = [await engine.capture(text(20)), await engine.capture(text(45))]
  const generate = (arms: readonly Arm[], options: GenerateOptions): Call => {
    const prompt = text(1 + random(40))
    return async (one) => {
      const generations = await one.generateArms(prompt, arms, { ...options, logits: true })
      return generations.map(({ tokens, logits }) => ({ tokens, values: logits! }))
    }
  }
  const layer = () => random(layerCount)
  const calls: Call[] = []
  for (let i = 0; i < 4; i++) {
    const arms = crvs.map((crv) => ({ name: '', injections: [{ crv, layer: layer(), from: layer() }] }))
    const both = { name: '', injections: crvs.map((crv) => ({ crv, layer: layer() })) }
    const steering = [{ vector: crvs[0]!.mean(1), layer: layer() }]
    const tokens = text(30 + random(100))
    calls.push(
      generate([{ name: '' }], { maxTokens: 20 }),
      generate([{ name: '' }, ...arms], { maxTokens: 10 }),
      generate([both, { name: '', steering }], { maxTokens: 10 }),
      generate(arms, { maxTokens: 12, temperature: 1.2, topP: 0.95, seed: i }),
      async (one) => [{ tokens: [], values: (await one.capture(tokens)).at(layerCount - 1) }],
      async (one) => [{ tokens: [], values: await one.logitLens(crvs[0]!, 2) }],
    )
  }
  return calls
}

/** Makes the calls at once, in random order and at random moments; the ends are in the order of the calls. */
async function together(engine: Engine, calls: readonly Call[], seed: number) {
  const random = seeded(seed)
  const order = calls.map((call, place) => ({ call, place, key: random(1e9) })).sort((a, b) => a.key - b.key)
  const ends = order.map(async ({ call, place }) => {
    await setTimeout(random(30))
    return { place, end: await call(engine) }
  })
  return (await Promise.all(ends)).sort((a, b) => a.place - b.place).map(({ end }) => end)
}

async function oneByOne(engine: Engine, calls: readonly Call[]) {
  const ends = []
  for (const call of calls) ends.push(await call(engine))
  return ends
}

const open = (path: string, flashAttention: boolean, exact: boolean) =>
  Engine.open({
    path,
    gpu: false,
    threads: 1,
    contextSize: 1024,
    flashAttention,
    exact,
    cacheType: flashAttention ? 'f16' : 'f32',
  })

const models = [goldenModel, embeddedModelPath()].filter((path) => existsSync(path))

describe('company', () => {
  it('changes no token on the golden model, greedy or sampled', async () => {
    const engine = await open(goldenModel, false, false)
    const calls = await callsOf(engine)
    const alone = await oneByOne(engine, calls)
    for (const seed of [1, 2, 3]) {
      const ends = await together(engine, calls, seed)
      for (const [place, end] of ends.entries())
        for (const [arm, { tokens, values }] of end.entries()) {
          const expected = alone[place]![arm]!
          expect(tokens).toEqual(expected.tokens)
          expect(largestDifference(values, expected.values)).toBeLessThan(1e-4)
        }
    }
    await engine.close()
  })

  it('changes a greedy token of the embedded model only where two were as good as equal', async () => {
    const engine = await open(embeddedModelPath(), true, false)
    const random = seeded(4)
    const { vocabularySize } = engine.model
    const prompts = Array.from({ length: 12 }, () =>
      Array.from({ length: 1 + random(60) }, () => random(vocabularySize)),
    )
    const calls: Call[] = prompts.map((prompt) => async (one) => {
      const { tokens, logits } = await one.generate(prompt, { maxTokens: 60, logits: true })
      return [{ tokens, values: logits! }]
    })
    const alone = await oneByOne(engine, calls)
    const ends = await together(engine, calls, 1)
    for (const [place, [end]] of ends.entries()) {
      const expected = alone[place]![0]!
      const differs = expected.tokens.findIndex((token, i) => token !== end!.tokens[i])
      // After a token that differs, the texts are different ones.
      const compared = (differs < 0 ? expected.tokens.length : differs + 1) * vocabularySize
      const difference = largestDifference(
        end!.values.subarray(0, compared),
        expected.values.subarray(0, compared),
      )
      expect(difference).toBeLessThan(0.3)
      if (differs < 0) continue
      const row = expected.values.subarray(differs * vocabularySize, (differs + 1) * vocabularySize)
      const margin = row[expected.tokens[differs]!]! - row[end!.tokens[differs]!]!
      expect(margin).toBeLessThanOrEqual(2 * difference)
    }
    await engine.close()
  })

  const exactCases = models.flatMap((path) => [true, false].map((flash) => [path, flash] as const))
  it.each(exactCases)('changes no bit in an exact session: %s, flash attention %s', async (path, flash) => {
    const engine = await open(path, flash, true)
    const calls = await callsOf(engine)
    const alone = await oneByOne(engine, calls)
    const ends = await together(engine, calls, 5)
    expect(bits(ends)).toEqual(bits(alone))
    // Nor does what a session did before, nor the size of its cache.
    const grown = await open(path, flash, true)
    await grown.generate(golden.cases[0]!.prompt, { maxTokens: 900 })
    expect(bits(await together(grown, await callsOf(grown), 6))).toEqual(bits(alone))
    await grown.close()
    await engine.close()
  })
})

function bits(ends: readonly (readonly { tokens: readonly number[]; values: Float32Array }[])[]): string[] {
  return ends.flat().map(({ tokens, values }) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    return `${tokens.join(' ')}: ${createHash('sha256').update(bytes).digest('hex')}`
  })
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length)
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0)
}
