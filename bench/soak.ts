/**
 * Does cancelling leak? Makes thousands of calls, cancels about half of them at a random moment, then opens and closes
 * sessions in the midst of work. Prints the memory in use as it goes on, and fails when it grows, when a call gives
 * something else than alone, or when cells, sequences or listeners are left. The allocator takes some 3,000 calls to
 * reach its level, so a run of fewer than the 8,000 by default may fail for that alone.
 *
 * `npm run bench:soak [-- --calls N] [-- --sessions N] [-- --seed N]`
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ClosedError, Engine } from '../src/engine/index.js'
import { packageRoot } from '../src/package-root.js'
import { Soak, seeded } from './lib/soak.js'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '8000' },
    sessions: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
})
const [calls, sessions, seed] = [Number(values.calls), Number(values.sessions), Number(values.seed)]
const CALLS_A_ROUND = 30
const LINES = 20

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const open = () =>
  Engine.open({
    path: join(packageRoot(), 'test/golden/nir-forward/tiny-llama-f32.gguf'),
    gpu: false,
    threads: 1,
    contextSize: 2048,
    flashAttention: false,
    cacheType: 'f32',
  })

await soakCalls()
await soakSessions()

async function soakCalls(): Promise<void> {
  const engine = await open()
  const soak = await Soak.start(engine, seed)
  const rounds = Math.ceil(calls / CALLS_A_ROUND)
  await watch('calls', rounds, CALLS_A_ROUND, () => soak.round(CALLS_A_ROUND))
  await engine.close()
  const { cancelled, done, wrong } = soak.counts
  console.log(`${soak.counts.calls} calls: ${cancelled} cancelled, ${done} done, ${wrong.length} wrong`)
  if (wrong.length > 0) throw new Error(wrong[0])
}

/** Opens sessions, and closes each in the midst of what runs in it. */
async function soakSessions(): Promise<void> {
  const random = seeded(seed)
  await watch('sessions', sessions, 1, async () => {
    const engine = await open()
    const running = [4, 40, 400].map((length) =>
      engine.generate(new Array<number>(length).fill(1), { maxTokens: 500 }),
    )
    const ended = Promise.allSettled([...running, engine.capture([1, 2, 3])])
    await new Promise((resolve) => setTimeout(resolve, random(30)))
    await engine.close()
    for (const end of await ended)
      if (end.status === 'rejected' && !(end.reason instanceof ClosedError)) throw end.reason
  })
}

/** Runs rounds and prints the memory in use; throws when it grows. */
async function watch(name: string, rounds: number, unit: number, round: () => Promise<void>): Promise<void> {
  if (rounds === 0) return
  const curve: number[] = []
  console.log(`${name.padStart(10)}   RSS MiB   heap MiB   external MiB`)
  for (let i = 1; i <= rounds; i++) {
    await round()
    if (i % Math.ceil(rounds / LINES) !== 0) continue
    await settle()
    const { rss, heapUsed, external } = process.memoryUsage()
    curve.push(rss)
    const [a, b, c] = [rss, heapUsed, external].map((bytes) => (bytes / 2 ** 20).toFixed(1).padStart(9))
    console.log(`${String(i * unit).padStart(10)} ${a!}  ${b!}      ${c!}`)
  }
  // The first half may still fill caches and pools.
  const half = Math.floor(curve.length / 2)
  const growth = Math.max(...curve.slice(-3)) - Math.max(...curve.slice(half - 3, half))
  const line = `${name}: ${(growth / 2 ** 20).toFixed(1)} MiB more than at half time`
  console.log(line)
  if (growth > 8 * 2 ** 20) throw new Error(`Memory grows. ${line}.`)
}

/** Lets finalizers run, which free native memory. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    collectGarbage()
    await new Promise(setImmediate)
  }
}
