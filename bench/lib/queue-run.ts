import { join } from 'node:path'
import { connect, redisAddress } from '../../src/sweep/index.js'
import { QueueProcess } from './queue-process.js'
import type { QueueChildOptions } from './queue-work.js'
import { RedisServer } from './redis-server.js'

const dist = join(import.meta.dirname, '..', '..')
/** Milliseconds: a busy machine is not a dead worker. */
const PATIENCE = 30_000

/** What to run by a queue. */
export interface QueueRunOptions {
  readonly mode: QueueChildOptions['mode']
  readonly units: number
  readonly workers: number
  /** Of the study. */
  readonly folder: string
}

/** How a study by a queue went. */
export interface QueueRun {
  /** From the moment that the first worker was ready to the end of the last commit. */
  readonly seconds: number
  /** Milliseconds, of the stub's coordinator: of all commits, and of its processor. */
  readonly committing: number
  readonly cpu: number
  readonly redis: RedisUse
}

/** What a Redis did. */
interface RedisUse {
  /** Bytes that it received and sent. */
  readonly traffic: number
  /** Bytes that it held at most, beyond what it begins with. */
  readonly memory: number
  /** Milliseconds of its processor. */
  readonly cpu: number
}

/**
 * Runs a study by a Redis, a coordinator and workers of its own.
 * @throws Error where a unit was lost, told of twice, or set aside.
 */
export async function runQueue({ mode, units, workers, folder }: QueueRunOptions): Promise<QueueRun> {
  const redis = await RedisServer.start()
  const processes: QueueProcess[] = []
  const start = (command: readonly string[]) => {
    const one = new QueueProcess(command, { NIR_REDIS_URL: redis.url })
    processes.push(one)
    return one
  }
  const child = (command: string, options: QueueChildOptions) =>
    start([join(dist, 'bench', 'lib', 'queue-child.js'), command, JSON.stringify(options)])
  try {
    const before = await useOf(redis)
    const crew = Array.from({ length: workers }, () =>
      mode === 'stub'
        ? child('work', { mode })
        : start([join(dist, 'src', 'cli', 'main.js'), 'worker', '--json']),
    )
    await Promise.all(crew.map((worker) => worker.until('waiting')))
    const coordinator = child('coordinate', { mode, folder, units, patience: PATIENCE })
    const ready = mode === 'stub' ? 'ready' : 'working'
    await Promise.race(crew.map((worker) => worker.until(ready)))
    const startedAt = performance.now()
    const code = await coordinator.end()
    const seconds = (performance.now() - startedAt) / 1000
    const after = await useOf(redis)
    if (code !== 0) throw new Error(`The coordinator ended with ${code}: ${coordinator.noise.join('\n')}`)
    checkUnits(coordinator, units)
    const { committing = 0, cpu = 0 } = coordinator.all('end')[0] as { committing?: number; cpu?: number }
    return {
      seconds,
      committing,
      cpu,
      redis: {
        traffic: after.traffic - before.traffic,
        memory: after.memory - before.memory,
        cpu: after.cpu - before.cpu,
      },
    }
  } finally {
    for (const one of processes) one.kill('SIGKILL')
    await Promise.all(processes.map((one) => one.end()))
    await redis.close()
  }
}

function checkUnits(coordinator: QueueProcess, units: number): void {
  const told = coordinator.all('unit').map(({ taskId }) => taskId)
  const failed = coordinator.all('end')[0]!['failed'] as object[]
  const distinct = new Set(told).size
  if (told.length !== units || distinct !== units || failed.length > 0)
    throw new Error(
      `Of ${units} units ${distinct} were done, ${told.length - distinct} twice, ${failed.length} set aside.`,
    )
}

async function useOf({ url }: RedisServer): Promise<RedisUse> {
  const redis = await connect(redisAddress(url), () => undefined)
  const info = await redis.info()
  redis.disconnect()
  const value = (name: string) => Number(new RegExp(`^${name}:(.+)$`, 'm').exec(info)![1])
  return {
    traffic: value('total_net_input_bytes') + value('total_net_output_bytes'),
    memory: value('used_memory_peak'),
    cpu: 1000 * (value('used_cpu_user') + value('used_cpu_sys')),
  }
}
