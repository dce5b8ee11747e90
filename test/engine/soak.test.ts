import { getEventListeners } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Soak, idle, seeded } from '../../bench/lib/soak.js'
import { ClosedError, Engine, type Crv } from '../../src/engine/index.js'
import { Decoder } from '../../src/engine/decoder.js'
import { golden, goldenModel } from './golden.js'

// Without flash attention and with an F32 cache, company moves logits by some 1e-6: no greedy token tips over.
const open = () =>
  Engine.open({
    path: goldenModel,
    gpu: false,
    threads: 1,
    contextSize: 2048,
    flashAttention: false,
    cacheType: 'f32',
  })
const nothing = { cells: 0, sequences: 0, jobs: 0 }
const prompt = golden.cases[0]!.prompt
let engine: Engine
let long: Crv

beforeAll(async () => {
  engine = await open()
  long = await engine.capture(Array.from({ length: 700 }, (_, index) => (index * 37) % 320))
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => engine.close())

describe('calls that are cancelled at random', () => {
  it('leave no cell, sequence, job or listener behind, and others as they are alone', async () => {
    const soak = await Soak.start(engine, 5)
    for (let round = 0; round < 3; round++) await soak.round(60)
    const { wrong, calls, cancelled, done } = soak.counts
    expect(wrong).toEqual([])
    expect(calls).toBe(180)
    expect(cancelled).toBeGreaterThan(48)
    expect(done).toBeGreaterThan(48)
    expect(engine.usage).toEqual(nothing)
  })
})

const decode = Object.getOwnPropertyDescriptor(Decoder.prototype, 'decode')!.value as Decoder['decode']

/** Calls `act` in the midst of the n-th decode (from 0), when the native side has begun it. */
function duringDecode(n: number, act: () => void): { count: () => number } {
  let count = 0
  vi.spyOn(Decoder.prototype, 'decode').mockImplementation(function (this: Decoder, batch) {
    const decoding = decode.call(this, batch)
    if (count++ === n) act()
    return decoding
  })
  return { count: () => count }
}

describe('cancelled in the midst of every decode in turn', () => {
  type Call = (signal: AbortSignal) => Promise<unknown>
  const calls: [string, Call][] = [
    [
      'a context, a prompt and tokens',
      (signal) => engine.generate(prompt, { maxTokens: 4, injections: [{ crv: long, layer: 3 }], signal }),
    ],
    [
      'arms with contexts in front of each other',
      (signal) => {
        const injections = [1, 3].map((layer) => ({ crv: long, layer }))
        return engine.generateArms(prompt, [{ name: 'both', injections }, { name: 'original' }], {
          maxTokens: 3,
          signal,
        })
      },
    ],
    ['a long prompt', (signal) => engine.generate(long.tokens, { maxTokens: 3, signal })],
    ['a capture', (signal) => engine.capture(long.tokens, { signal })],
    ['a logit lens', (signal) => engine.logitLens(long.slice(0, 300), 3, { signal })],
  ]
  it.each(calls)('%s', async (_name, call) => {
    const controller = new AbortController()
    const { count } = duringDecode(-1, () => undefined)
    await call(controller.signal)
    const decodes = count()
    expect(decodes).toBeGreaterThan(1)
    for (const hasCompany of [false, true])
      for (let n = 0; n < decodes; n++) {
        const cancelling = new AbortController()
        const reason = new Error(`in decode ${n}`)
        duringDecode(n, () => {
          cancelling.abort(reason)
        })
        const ended = expect(call(cancelling.signal)).rejects.toBe(reason)
        const beside = hasCompany ? engine.generate(prompt, { maxTokens: 8 }) : undefined
        await ended
        if (beside) expect((await beside).tokens).toEqual(golden.cases[0]!.tokens)
        await idle(engine)
        expect(getEventListeners(cancelling.signal, 'abort')).toEqual([])
      }
  })
})

describe('signals', () => {
  it('one that has aborted already rejects before anything is decoded', async () => {
    const { count } = duringDecode(-1, () => undefined)
    const reason = new Error('long ago')
    const signal = AbortSignal.abort(reason)
    await expect(engine.generate(prompt, { signal })).rejects.toBe(reason)
    await expect(engine.capture(prompt, { signal })).rejects.toBe(reason)
    await expect(engine.logitLens(long, 1, { signal })).rejects.toBe(reason)
    await idle(engine)
    expect(count()).toBe(0)
  })

  it('one for many calls ends them all, and keeps no listener', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const done = await Promise.all(
      Array.from({ length: 8 }, () => engine.generate(prompt, { maxTokens: 2, signal })),
    )
    expect(done).toHaveLength(8)
    expect(getEventListeners(signal, 'abort')).toEqual([])
    const running = Array.from({ length: 300 }, () => engine.generate(prompt, { maxTokens: 200, signal }))
    const ended = Promise.allSettled(running)
    setTimeout(() => {
      controller.abort(new Error('all of you'))
    }, 20)
    for (const end of await ended)
      expect(end).toMatchObject({ status: 'rejected', reason: { message: 'all of you' } })
    await idle(engine)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})

describe('onToken', () => {
  it('may throw: its own call rejects, those beside it go on', async () => {
    const beside = engine.generate(prompt, { maxTokens: 8 })
    let tokens = 0
    const onToken = () => {
      if (++tokens === 3) throw new Error('from the callback')
    }
    await expect(engine.generate(prompt, { maxTokens: 8, onToken })).rejects.toThrow('from the callback')
    expect((await beside).tokens).toEqual(golden.cases[0]!.tokens)
    await idle(engine)
  })

  it('may make further calls, and cancel others', async () => {
    const controller = new AbortController()
    const other = engine.generate(prompt, { maxTokens: 200, signal: controller.signal })
    const inner: Promise<unknown>[] = []
    const outer = engine.generate(prompt, {
      maxTokens: 8,
      onToken: () => {
        inner.push(engine.generate(prompt, { maxTokens: 8 }).then(({ tokens }) => tokens))
        controller.abort(new Error('no longer'))
      },
    })
    await expect(other).rejects.toThrow('no longer')
    expect((await outer).tokens).toEqual(golden.cases[0]!.tokens)
    expect(await Promise.all(inner)).toEqual(new Array(8).fill(golden.cases[0]!.tokens))
    await idle(engine)
  })
})

describe('closing', () => {
  it('rejects everything at any moment, resolves, and once more', async () => {
    const random = seeded(3)
    for (let trial = 0; trial < 6; trial++) {
      const other = await open()
      const running = [
        ...[4, 40, 400].map((length) =>
          other.generate(new Array<number>(length).fill(1), { maxTokens: 1500 }),
        ),
        other.generate(prompt, { maxTokens: 1500, injections: [{ crv: long, layer: 2 }] }),
        other.logitLens(long, 3),
      ]
      const ended = Promise.allSettled(running)
      await new Promise((resolve) => setTimeout(resolve, random(25)))
      const closing = other.close()
      expect(other.close()).toBe(closing)
      for (const end of (await ended).slice(0, 4))
        expect(end).toMatchObject({ status: 'rejected', reason: { name: 'ClosedError' } })
      await closing
      expect(other.usage).toEqual(nothing)
      await expect(other.generate(prompt)).rejects.toBeInstanceOf(ClosedError)
    }
  })

  it('from inside onToken ends its own call too', async () => {
    const other = await open()
    let closing: Promise<void> | undefined
    const onToken = () => {
      closing ??= other.close()
    }
    await expect(other.generate(prompt, { onToken })).rejects.toBeInstanceOf(ClosedError)
    await closing
    expect(other.usage).toEqual(nothing)
  })
})

describe('two sessions in a process', () => {
  it('work at once, also when one of them is closed', async () => {
    const other = await open()
    const alone = await engine.generate(prompt, { maxTokens: 60, injections: [{ crv: long, layer: 1 }] })
    const crv = await other.capture(long.tokens)
    const [mine, theirs] = await Promise.all(
      [engine, other].map((one) =>
        one.generate(prompt, {
          maxTokens: 60,
          injections: [{ crv: one === engine ? long : crv, layer: 1 }],
        }),
      ),
    )
    expect(mine!.tokens).toEqual(alone.tokens)
    expect(theirs!.tokens).toEqual(alone.tokens)
    const [last] = await Promise.all([engine.generate(prompt, { maxTokens: 60 }), other.close()])
    expect(last.tokens.slice(0, 8)).toEqual(golden.cases[0]!.tokens)
  })
})
