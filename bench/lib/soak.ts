import { getEventListeners } from 'node:events'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { Crv, type Arm, type Engine } from '../../src/engine/index.js'

/** What a piece of work gave. */
interface Outcome {
  readonly tokens: readonly (readonly number[])[]
  /** Hidden states or logits. */
  readonly values: Float32Array
}

/** A piece of work, and what it gives when nothing else runs. */
interface Work {
  readonly run: (signal: AbortSignal, onToken: () => void) => Promise<Outcome>
  readonly alone: Outcome
}

/** What came of a soak. */
export interface SoakCounts {
  calls: number
  /** Rejected with the reason of their signal. */
  cancelled: number
  /** Done, cancelled too late or not at all. */
  done: number
  /** Gave something else than alone, rejected with something else, or left a listener. The first of each round. */
  readonly wrong: string[]
}

/** Mulberry32: the next whole number below a limit. */
export type Random = (below: number) => number

export function seeded(seed: number): Random {
  return (below) => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/**
 * Makes many calls at once, round after round, and cancels about half of them at a random moment: before they begin,
 * while they wait, during a context's or a prompt's prefill, a decode, a capture, a logit lens. Whatever is not
 * cancelled must give what it gives alone.
 *
 * Open the engine with `flashAttention: false, cacheType: 'f32'`, so that rounding tips no token over.
 */
export class Soak {
  readonly counts: SoakCounts = { calls: 0, cancelled: 0, done: 0, wrong: [] }

  private constructor(
    private readonly engine: Engine,
    private readonly work: readonly Work[],
    private readonly random: Random,
  ) {}

  /** Runs every piece of work alone once. */
  static async start(engine: Engine, seed: number): Promise<Soak> {
    const random = seeded(seed)
    const kinds = await kindsOf(engine, random)
    const work: Work[] = []
    for (let i = 0; i < 24; i++) {
      const run = kinds[i % kinds.length]!()
      work.push({ run, alone: await run(new AbortController().signal, () => undefined) })
    }
    return new Soak(engine, work, random)
  }

  /** @throws Error when the cache is in use after all calls have ended. */
  async round(calls: number): Promise<void> {
    const wrong = await Promise.all(Array.from({ length: calls }, () => this.#call()))
    const first = wrong.find((one) => one !== undefined)
    if (first !== undefined) this.counts.wrong.push(first)
    await idle(this.engine)
  }

  /** Makes one call at some moment; returns what is wrong with its end. */
  async #call(): Promise<string | undefined> {
    const { random, counts } = this
    const { run, alone } = this.work[random(this.work.length)]!
    const controller = new AbortController()
    const { signal } = controller
    const reason = new Error(`cancelled ${counts.calls++}`)
    const cancel = () => {
      controller.abort(reason)
    }
    const cancelAtToken = random(4) === 0 ? 1 + random(10) : 0
    const moment = random(8)
    await wait(random)
    if (moment === 0) cancel()
    let tokens = 0
    const running = run(signal, () => {
      if (++tokens === cancelAtToken) cancel()
    })
    if (moment === 1) cancel()
    if (moment === 2 || moment === 3) void wait(random).then(cancel)
    try {
      const outcome = await running
      counts.done++
      if (!isSame(outcome, alone)) return `a call gave ${told(outcome)}, alone ${told(alone)}`
    } catch (error) {
      if (error !== reason) return `a call rejected with ${String(error)}`
      counts.cancelled++
    }
    const left = getEventListeners(signal, 'abort').length
    return left > 0 ? `${left} listeners are left` : undefined
  }
}

/** Waits until what was cancelled has gone. */
export async function idle(engine: Engine): Promise<void> {
  const isIdle = () => Object.values(engine.usage).every((count) => count === 0)
  for (let i = 0; i < 2000 && !isIdle(); i++) await setTimeout(1)
  if (!isIdle()) throw new Error(`The cache is still in use: ${JSON.stringify(engine.usage)}`)
}

async function wait(random: Random): Promise<void> {
  if (random(3) === 0) return setTimeout(random(20))
  for (let i = random(30); i > 0; i--) await setImmediate()
}

/** One function a kind of work; each call makes another piece of it. */
async function kindsOf(engine: Engine, random: Random): Promise<(() => Work['run'])[]> {
  const { layerCount, hiddenSize, vocabularySize } = engine.model
  const text = (length: number) => Array.from({ length }, () => random(vocabularySize))
  // The last is longer than a decode.
  const captured = [
    await engine.capture(text(7)),
    await engine.capture(text(40)),
    await engine.capture(text(700)),
  ]
  const [short, long] = captured as [Crv, Crv]
  const copy = new Crv({
    states: new Map(short.layers.map((layer) => [layer, short.at(layer).slice()])),
    tokens: short.tokens,
    hiddenSize,
  })
  const layer = () => random(layerCount)
  const generated = (arms: readonly Arm[], promptLength: number): Work['run'] => {
    const prompt = text(promptLength)
    const maxTokens = 2 + random(14)
    return async (signal, onToken) => {
      const generations = await engine.generateArms(prompt, arms, { maxTokens, signal, onToken })
      return { tokens: generations.map(({ tokens }) => tokens), values: new Float32Array() }
    }
  }
  return [
    () => generated([{ name: 'original' }], 1 + random(30)),
    () => {
      const arms = captured.map((crv) => ({ name: '', injections: [{ crv, layer: layer() }] }))
      return generated([{ name: 'original' }, ...arms], 5 + random(10))
    },
    () => {
      const injections = [long, copy, short].map((crv) => ({ crv, layer: layer(), from: layer() }))
      const steering = [{ vector: short.mean(2), layer: layer() }]
      return generated(
        [
          { name: '', injections },
          { name: '', steering },
        ],
        5 + random(10),
      )
    },
    () => generated([{ name: '', replacements: [{ by: 'zero', layer: layer(), positions: [-1] }] }], 520),
    () => {
      const tokens = text(1 + random(600))
      const last = layerCount - 1
      return async (signal) => {
        const crv = await engine.capture(tokens, { layers: [0, last], signal })
        return { tokens: [], values: crv.at(last) }
      }
    },
    () => {
      const crv = captured[random(2)]!
      const at = layer()
      return async (signal) => ({ tokens: [], values: await engine.logitLens(crv, at, { signal }) })
    },
  ]
}

function isSame(a: Outcome, b: Outcome): boolean {
  const largest = b.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return (
    JSON.stringify(a.tokens) === JSON.stringify(b.tokens) &&
    a.values.length === b.values.length &&
    a.values.every((value, index) => Math.abs(value - b.values[index]!) <= 1e-4 * largest)
  )
}

function told({ tokens, values }: Outcome): string {
  return tokens.length > 0
    ? JSON.stringify(tokens)
    : `${values.length} values, ${values.slice(0, 4).join(' ')} …`
}
