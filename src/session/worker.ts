import { describeModel, Engine } from '../engine/index.js'
import { createEvaluator } from '../evaluation/index.js'
import {
  Board,
  connect,
  redisAddress,
  redisFailed,
  waitForStudy,
  work,
  type QueueEvent,
  type WorkSummary,
} from '../sweep/index.js'
import { resolveModel } from './open-model.js'
import { equipment, sessionEnvironment } from './study-work.js'

/** Options of {@link runWorker}. */
export interface WorkerOptions {
  /** URL of Redis, `redis://…` or `rediss://…`. Default: that of `NIR_REDIS_URL`. */
  readonly queue?: string | undefined
  /** The model: a path or a URI. Default: the embedded one. */
  readonly model?: string | undefined
  /** The study's title (the name of its folder), or the beginning of its queue's name. Default: the oldest that fits. */
  readonly study?: string | undefined
  /** Units generated at once. Default: as many as fill the batch. */
  readonly concurrency?: number | undefined
  /** When it aborts, the worker takes no more units, finishes within 20 seconds what it can, and gives back the rest. */
  readonly signal?: AbortSignal | undefined
  /** What the worker does and what happens to it, an event each, without secrets. */
  readonly onEvent?: ((event: QueueEvent) => void) | undefined
}

/**
 * Works for a study whose units are in a queue, until the study is done. Waits for one where there is none yet.
 * @throws {@link QueueError} `NO_STUDY_FITS` where model or code are not those of any open study, `WORKER_BROKEN`,
 * `REDIS_UNREACHABLE`; {@link ModelError}.
 * @example
 * const { finished } = await runWorker({ queue: 'redis://localhost', model: 'model.gguf' })
 */
export async function runWorker(options: WorkerOptions = {}): Promise<WorkSummary> {
  const { signal = new AbortController().signal, concurrency, onEvent } = options
  const address = redisAddress(options.queue)
  const report = (event: QueueEvent) => onEvent?.({ ...event, message: address.redact(event.message) })
  const path = await resolveModel(options.model)
  const mine = await equipment(await describeModel({ path }))
  const redis = await connect(address, report)
  try {
    const study = await waitForStudy(new Board(redis), mine, options.study, signal, report)
    if (!study) return { finished: 0, failed: 0, returned: 0 }
    const { engine: session, prompts } = study.settings
    const { flashAttention } = session
    const engine = await Engine.open({ ...session, flashAttention: flashAttention ?? undefined, path })
    const evaluator = await createEvaluator()
    try {
      report({ level: 'info', event: 'working', message: `Working on the study '${study.title}'.` })
      const tools = { engine, prompts, evaluator }
      // Without the process: a worker that is started again is the same machine.
      const { process: _, ...machine } = sessionEnvironment(engine, evaluator.capabilities)
      return await work({ redis, study, tools, machine, concurrency, signal, report })
    } finally {
      await Promise.all([engine.close(), evaluator.close()])
    }
  } catch (error) {
    throw redisFailed(error, address)
  } finally {
    redis.disconnect()
  }
}
