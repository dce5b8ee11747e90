import { sweepByQueue } from '../../src/index.js'
import { EngineError } from '../../src/engine/index.js'
import { loadProblems } from '../../src/problems/index.js'
import {
  Board,
  connect,
  coordinate,
  redisAddress,
  StudyStore,
  waitForStudy,
  work,
  type QueueEvent,
  type QueueState,
} from '../../src/sweep/index.js'
import { EMBEDDED, type QueueChildOptions } from './queue-work.js'
import { STUB_MODEL, stubOptions, stubSettings, stubTools, stubWork } from './stub-sweep.js'

/*
 * A process of a queue: `node queue-child.js coordinate|work '{…}'`, with the URL of Redis in NIR_REDIS_URL. It prints a
 * JSON line for everything that happens.
 */

const [command, json = '{}'] = process.argv.slice(2)
const options = JSON.parse(json) as QueueChildOptions
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const onEvent = (event: QueueEvent) => say(event)
const onState = (state: QueueState) => say({ event: 'state', ...state })
const onUnit = (taskId: number) => say({ event: 'unit', taskId })

try {
  const { mode } = options
  await (command === 'work' ? stubWorker() : mode === 'stub' ? stubCoordinator() : embeddedCoordinator())
} catch (error) {
  say({ event: 'error', code: (error as { code?: string }).code ?? '', message: (error as Error).message })
  process.exit(1) // a connection to Redis would keep it alive
}

async function embeddedCoordinator(): Promise<void> {
  const { folder = '', units = 4, patience } = options
  const { sweep, failed } = await sweepByQueue({
    ...EMBEDDED,
    problems: await loadProblems('embedded', { limit: units }),
    study: folder,
    patience,
    session: { exact: true },
    onEvent,
    onState,
    onProgress: ({ taskId }) => onUnit(taskId),
  })
  say({ event: 'end', records: sweep.records.length, failed })
}

async function stubCoordinator(): Promise<void> {
  const { folder = '', units = 100, patience = 2000, layers } = options
  const taskIds = Array.from({ length: units }, (_, index) => index + 1)
  const sweep = stubOptions({ taskIds, layers, onUnit })
  const redis = await connect(redisAddress(undefined), onEvent)
  const store = await StudyStore.begin(folder, stubSettings())
  const stored = await store.startWork({
    ...stubWork(sweep),
    environment: { host: 'coordinator', queue: 'redis' },
  })
  const commit = stored.commit.bind(stored)
  let committing = 0
  stored.commit = async (unit) => {
    const startedAt = performance.now()
    await commit(unit)
    committing += performance.now() - startedAt
  }
  const records: object[] = []
  const failed = await coordinate(
    sweep,
    {
      redis,
      settings: stubSettings(),
      model: STUB_MODEL,
      store: stored,
      folder: store.database.folder,
      patience,
      report: onEvent,
      onState,
    },
    records as never[],
  )
  stored.end()
  await store.close()
  redis.disconnect()
  const { user, system } = process.cpuUsage()
  say({ event: 'end', records: records.length, failed, committing, cpu: (user + system) / 1000 })
}

async function stubWorker(): Promise<void> {
  const { pause = 0, concurrency = 4, deadly = [], faulty = [] } = options
  const { otherModel = false, broken = false, host, grace } = options
  const ending = new AbortController()
  process.on('SIGTERM', () => ending.abort())
  const redis = await connect(redisAddress(undefined), onEvent)
  const { model, code } = stubSettings()
  const mine = { model: otherModel ? { ...model, sha256: '1'.repeat(64) } : model, code }
  const study = (await waitForStudy(new Board(redis), mine, undefined, ending.signal, onEvent))!
  const calls = { thinking: 0, arms: 0 }
  const tools = stubTools(pause, calls)
  const { engine } = tools
  const generateArms: typeof engine.generateArms = (prompt, arms, options) => {
    const taskId = Number(/^Problem (\d+):/.exec(prompt as string)?.[1])
    say({ event: 'begun', taskId, arms: arms.map(({ name }) => name) })
    if (deadly.includes(taskId)) process.kill(process.pid, 'SIGKILL')
    if (broken) return Promise.reject(new EngineError('DECODE_FAILED', 'The GPU fell off the bus.', ''))
    if (faulty.includes(taskId)) return Promise.reject(new Error(`cannot do ${taskId}`))
    return engine.generateArms(prompt, arms, options)
  }
  const wary = { ...tools, engine: { ...engine, generateArms } as typeof engine }
  say({ event: 'ready' })
  const summary = await work({
    redis,
    study,
    tools: wary,
    machine: { host, gpu: false },
    concurrency,
    signal: ending.signal,
    grace,
    report: onEvent,
  })
  redis.disconnect()
  say({ event: 'end', ...summary, ...calls })
}
