/**
 * What does a queue carry, and what does it cost against a sweep in process? Each study is made in process and by a
 * coordinator and workers on a Redis of their own, all on this machine; the benchmark fails where a unit is lost or done
 * twice, or the studies differ in a row.
 *
 * `npm run bench:queue -- [--stub] [--embedded] [--units N] [--json]`
 *
 * `--stub` (the default): 10,000 units of four arms whose generator costs nothing, by two workers: what coordinator and Redis
 * can do. `--embedded`: 200 units with the embedded model and exact sessions, by one, two and four workers.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSession } from '../src/index.js'
import { runQueue, type QueueRun } from './lib/queue-run.js'
import { EMBEDDED } from './lib/queue-work.js'
import { hasRedisServer } from './lib/redis-server.js'
import { stubSweep } from './lib/stub-sweep.js'
import { studyDigest } from './lib/study-digest.js'
import { whole } from './lib/target.js'

const { values } = parseArgs({
  options: {
    stub: { type: 'boolean', default: false },
    embedded: { type: 'boolean', default: false },
    units: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
if (!hasRedisServer()) {
  console.error('There is no redis-server on this machine: apt-get install redis-server.')
  process.exit(1)
}
const root = mkdtempSync(join(tmpdir(), 'nir-bench-queue-'))
try {
  if (values.stub || !values.embedded)
    await compare('stub', whole('units', values.units, 10_000), [2], stubInProcess)
  if (values.embedded)
    await compare('embedded', whole('units', values.units, 200), [1, 2, 4], embeddedInProcess)
} finally {
  rmSync(root, { recursive: true })
}

type Mode = 'stub' | 'embedded'

/** Prints a line for the sweep in process, and one for each number of workers. */
async function compare(
  mode: Mode,
  units: number,
  crews: readonly number[],
  inProcess: (units: number, folder: string) => Promise<number>,
): Promise<void> {
  console.log(`${mode}, ${units} units`)
  const alone = join(root, `${mode}-in-process`)
  const seconds = await inProcess(units, alone)
  const expected = await studyDigest(alone)
  console.log(`  in process   ${rate(units, seconds)}`)
  for (const workers of crews) {
    const folder = join(root, `${mode}-${workers}`)
    const run = await runQueue({ mode, units, workers, folder })
    const found = await studyDigest(folder)
    if (found !== expected) throw new Error(`The queue's study differs: ${found}; expected ${expected}.`)
    const ratio = (seconds / run.seconds).toFixed(2)
    console.log(
      `  ${workers} worker(s)  ${rate(units, run.seconds)}  ${ratio} × in process; equal row for row`,
    )
    if (mode === 'stub') console.log(costs(run, units))
    if (values.json) console.log(JSON.stringify({ mode, units, workers, inProcess: seconds, ...run }))
  }
}

function rate(units: number, seconds: number): string {
  return `${(units / seconds).toFixed(1).padStart(7)} units/s (${seconds.toFixed(1)} s)`
}

function costs({ committing, cpu, redis }: QueueRun, units: number): string {
  return [
    `  a unit       commit ${(committing / units).toFixed(2)} ms; coordinator's CPU ${(cpu / units).toFixed(2)} ms`,
    `  Redis        CPU ${(redis.cpu / units).toFixed(3)} ms and ${(redis.traffic / units / 1000).toFixed(1)} kB of traffic a unit; ` +
      `${(redis.memory / 1e6).toFixed(1)} MB at most`,
  ].join('\n')
}

async function stubInProcess(units: number, folder: string): Promise<number> {
  const startedAt = performance.now()
  await stubSweep(folder, { taskIds: Array.from({ length: units }, (_, index) => index + 1) })
  return (performance.now() - startedAt) / 1000
}

async function embeddedInProcess(units: number, folder: string): Promise<number> {
  const session = await createSession({ exact: true })
  try {
    const problems = await session.problems('embedded', { limit: units })
    const startedAt = performance.now()
    await session.sweep({ ...EMBEDDED, problems, study: folder })
    return (performance.now() - startedAt) / 1000
  } finally {
    await session.close()
  }
}
