import { describeModel } from '../engine/index.js'
import { loadPrompts } from '../nir/index.js'
import {
  connect,
  coordinate,
  redisAddress,
  redisFailed,
  StudyStore,
  SweepOptionError,
  type FailedUnit,
  type QueueEvent,
  type QueueState,
  type StudyConfig,
  type SweepOptions,
  type SweepRecord,
} from '../sweep/index.js'
import { planSweep } from '../sweep/plan.js'
import { resolveModel } from './open-model.js'
import type { SessionOptions } from './session.js'
import { machine, studySettings, studyWork } from './study-work.js'
import { Sweep } from './sweep.js'
import { visibly } from './visible-sweep.js'

/** Milliseconds after which a worker that is not heard of counts as dead. */
const PATIENCE = 30_000

/** Options of {@link sweepByQueue}. */
export interface QueueSweepOptions extends SweepOptions {
  /** The study's folder, on this machine. */
  readonly study: string
  /** Where the options come from; kept with the study. */
  readonly config?: StudyConfig | undefined
  /** URL of Redis, `redis://…` or `rediss://…`. Default: that of `NIR_REDIS_URL`. */
  readonly queue?: string | undefined
  /** The model, and how workers open it; this process reads no more of it than its header and its hash. */
  readonly session?: Omit<SessionOptions, 'gpu' | 'threads'> | undefined
  /** Milliseconds after which a worker that is not heard of counts as dead, and its units go to others. Default 30 000. */
  readonly patience?: number | undefined
  /** Workers that come and go, units that are set aside. Default: they are not told. */
  readonly onEvent?: ((event: QueueEvent) => void) | undefined
  /** Called as the queue changes: how many workers there are, and how many units were retried or set aside. */
  readonly onState?: ((state: QueueState) => void) | undefined
  /** Called once before units are handed out. */
  readonly onStart?: ((start: QueueSweepStart) => void) | undefined
}

/** What a sweep by a queue is about to do. */
interface QueueSweepStart {
  /** The model's name. */
  readonly model: string
  readonly units: number
  readonly arms: readonly string[]
}

/** What a sweep by a queue gave. */
export interface QueueSweep {
  readonly sweep: Sweep
  /** Units that failed again and again; the same call tries them again. */
  readonly failed: readonly FailedUnit[]
}

/**
 * Runs a sweep by workers on any number of machines (`nir worker`), which get their units from a queue in Redis: hands
 * them out, and commits what they did to a study here, each unit once. Called again after a crash, or a cancellation, it
 * goes on, with what workers did meanwhile.
 * @throws {@link QueueError}, {@link SweepOptionError} (`KEEP_CRVS_BY_QUEUE`, …), {@link StudyError}, {@link ModelError}; the signal's reason.
 * @example
 * const { sweep, failed } = await sweepByQueue({ problems, layers: 'all', study: 'runs/depths', queue: 'redis://localhost' })
 */
export async function sweepByQueue(options: QueueSweepOptions): Promise<QueueSweep> {
  const {
    study: folder,
    queue,
    session: given = {},
    patience = PATIENCE,
    config,
    onEvent,
    onState,
    onStart,
    ...sweep
  } = options
  const { model: name, prompts: files, ...session } = given
  if (sweep.keepCrvs)
    throw new SweepOptionError(
      'KEEP_CRVS_BY_QUEUE',
      'keepCrvs keeps hidden states beside the study, and they are too large for a queue.',
      'Leave it out, or divide the sweep by shards.',
    )
  const address = redisAddress(queue)
  const model = await describeModel({ ...session, path: await resolveModel(name) })
  const plan = planSweep(sweep, model) // what cannot be run makes no folder
  const settings = await studySettings(sweep, { model, prompts: loadPrompts(files) }, session)
  const report = (event: QueueEvent) => onEvent?.({ ...event, message: address.redact(event.message) })
  const redis = await connect(address, report)
  try {
    const store = await StudyStore.begin(folder, settings)
    try {
      const environment = { ...machine(model), queue: address.label }
      const work = await store.startWork(studyWork(sweep, model, environment, config))
      try {
        onStart?.({
          model: model.name,
          units: plan.units.length,
          arms: plan.arms.map(({ name }) => name),
        })
        const tools = {
          redis,
          settings,
          model,
          store: work,
          folder: store.database.folder,
          patience,
          report,
          onState,
        }
        const records: SweepRecord[] = []
        const failed = await visibly(store, plan.units.length, sweep, (visible) =>
          coordinate(visible, tools, records),
        )
        return { sweep: new Sweep(records), failed }
      } finally {
        work.end()
      }
    } finally {
      await store.close()
    }
  } catch (error) {
    throw redisFailed(error, address)
  } finally {
    redis.disconnect()
  }
}
