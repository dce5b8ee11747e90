import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { ModelDescription } from '../../engine/index.js'
import { abortable } from '../../abortable.js'
import { within } from '../../within.js'
import { missingOf, type UnitTask } from '../missing.js'
import { planSweep, type SweepOptions, type SweepPlan, type Unit } from '../plan.js'
import type { SweepRecord } from '../record.js'
import { settingsHash, type StudySettings } from '../store/settings.js'
import { SweepTally } from '../tally.js'
import type { FinishedUnit, UnitStore } from '../unit-store.js'
import { Board, queueName } from './board.js'
import { PREFIX } from './connect.js'
import type { Report } from './event.js'
import { writeFailedUnits, type FailedUnit } from './failed-units.js'
import { Lease } from './lease.js'
import { ATTEMPTS, jobKey, unpackResult, type UnitJob } from './unit-job.js'
import { Crew } from './crew.js'

/** Jobs that are in Redis at once, at least: what few workers need. */
const SMALLEST_WINDOW = 256
/** Jobs that are sent at once. */
const BULK = 256
/** Results that are read at once. */
const HANDFUL = 16
/** Milliseconds between two looks at a queue in which nothing happened. */
const PAUSE = 100
/** Milliseconds between two looks at the workers. */
const WATCH = 1000
/** Milliseconds that a coordinator has to end, whatever Redis does. */
const LAST_WORDS = 3000
/** Events that BullMQ keeps: nobody reads them, and each holds a result. */
const EVENTS = 16
/** All states of a job. */
const STATES = ['wait', 'active', 'delayed', 'prioritized', 'completed', 'failed'] as const

/** How the work of a queue goes. */
export interface QueueState {
  /** Workers that show signs of life. */
  readonly workers: number
  /** Attempts that came to nothing: a unit failed, or its worker died. */
  readonly retried: number
  /** Units that were set aside. */
  readonly failed: number
}

/** What a coordinator works with. */
export interface CoordinatorTools {
  readonly redis: Redis
  readonly settings: StudySettings
  readonly model: ModelDescription
  readonly store: UnitStore
  /** The study's. */
  readonly folder: string
  /** Milliseconds after which a worker that is not heard of counts as dead. */
  readonly patience: number
  readonly report: Report
  readonly onState?: ((state: QueueState) => void) | undefined
}

/**
 * Runs a sweep by the workers of a queue: hands out units, and commits each result once. Records are pushed into `records`
 * as they come.
 * @returns the units that were set aside.
 * @throws {@link SweepOptionError}, {@link QueueError} `QUEUE_IN_USE`; the signal's reason: what is in the queue stays there.
 */
export async function coordinate(
  options: SweepOptions,
  tools: CoordinatorTools,
  records: SweepRecord[],
): Promise<FailedUnit[]> {
  const { redis, settings, folder, patience, report } = tools
  const plan = planSweep(options, tools.model)
  const name = queueName(settings)
  const lease = await abortable(Lease.take(redis, name, folder, patience), options.signal)
  const { Queue } = await import('bullmq')
  const streams = { events: { maxLen: EVENTS } }
  const queue = new Queue<UnitJob, string>(name, { connection: redis, prefix: PREFIX, streams })
  queue.on('error', (error) => report({ level: 'warn', event: 'queue-error', message: error.message }))
  try {
    const running = new Coordinator(options, tools, plan, queue, lease, records).run()
    return await endingSoon(running, options.signal)
  } finally {
    await within(
      LAST_WORDS,
      lease.release().then(() => queue.close()),
    )
  }
}

/** The promise; once the signal aborted, what is being stored may finish, but a Redis that is away is not waited for. */
async function endingSoon<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return abortable(promise, signal).catch(async (error: unknown) => {
    if (signal?.aborted)
      await within(
        LAST_WORDS,
        promise.catch(() => undefined),
      )
    throw error
  })
}

class Coordinator {
  readonly #hash: string
  readonly #tally: SweepTally
  readonly #crew: Crew
  /** Units that are done or set aside. */
  readonly #settled = new Set<Unit>()
  readonly #units: ReadonlyMap<string, Unit>
  /** What was handed out and has not come back, by key. */
  readonly #out = new Map<string, UnitJob>()
  readonly #failed: FailedUnit[] = []
  #next = 0
  #retried = 0
  #watchedAt = -Infinity
  #isInDoubt = false

  constructor(
    private readonly options: SweepOptions,
    private readonly tools: CoordinatorTools,
    private readonly plan: SweepPlan,
    private readonly queue: Queue<UnitJob, string>,
    private readonly lease: Lease,
    records: SweepRecord[],
  ) {
    this.#hash = settingsHash(tools.settings)
    this.#tally = new SweepTally(plan, records, options.onProgress)
    this.#crew = new Crew(new Board(tools.redis), queue.name, tools)
    this.#units = new Map(plan.units.map((unit) => [placeOf(unit), unit]))
  }

  async run(): Promise<FailedUnit[]> {
    const { plan, tools, options } = this
    const doubt = () => void (this.#isInDoubt = true)
    tools.redis.on('ready', doubt)
    try {
      await this.#crew.call()
      writeFailedUnits(tools.folder, []) // they are tried again
      await this.queue.drain() // what waits from an earlier sweep may be of other arms; what is begun goes on
      while (this.#settled.size < plan.units.length) {
        options.signal?.throwIfAborted()
        await this.#watch()
        await this.#handOut()
        const came = (await this.#collect()) + (await this.#setAside())
        if (came > 0) continue
        await this.#replaceLost()
        await sleep(PAUSE, undefined, { signal: options.signal }).catch(() => undefined)
      }
      await this.queue.obliterate({ force: true })
      await this.#crew.dismiss()
      return this.#failed
    } finally {
      tools.redis.off('ready', doubt)
    }
  }

  /** Keeps as many units in the queue as the workers need, and no more in Redis. */
  async #handOut(): Promise<void> {
    const { units } = this.plan
    const window = Math.max(SMALLEST_WINDOW, 2 * this.#crew.slots)
    const jobs: UnitJob[] = []
    while (this.#next < units.length && jobs.length < BULK && this.#out.size + jobs.length < window) {
      const unit = units[this.#next++]!
      if (this.#settled.has(unit)) continue
      const task = await this.#taskOf(unit)
      if (task.missing.length > 0) jobs.push(await this.#jobOf(task))
      else this.#settle(task, null)
    }
    if (jobs.length > 0) await this.#add(jobs)
  }

  /** A job that is in the queue already stays as it is. */
  async #add(jobs: readonly UnitJob[]): Promise<void> {
    const keyed = jobs.map((data) => [jobKey(this.#hash, data), data] as const)
    for (const [key, data] of keyed) this.#out.set(key, data)
    await this.queue.addBulk(
      keyed.map(([jobId, data]) => ({
        name: 'unit',
        data,
        opts: { jobId, attempts: ATTEMPTS, stackTraceLimit: 1 },
      })),
    )
  }

  /** Commits results that are there. Those of units that are done already are dropped. */
  async #collect(): Promise<number> {
    const jobs = (await this.queue.getJobs(['completed'], 0, HANDFUL - 1, true)).filter(isThere)
    for (const job of jobs) {
      this.#retried += job.stalledCounter + job.attemptsMade - 1
      const task = await this.#wantedBy(job)
      if (!task) continue
      const finished = await unpackResult(task.unit, job.returnvalue)
      await this.tools.store.commit(finished)
      this.#settle(task, finished)
    }
    await this.#remove(jobs)
    return jobs.length
  }

  /** Takes units out that failed too often. */
  async #setAside(): Promise<number> {
    const jobs = (await this.queue.getJobs(['failed'], 0, HANDFUL - 1, true)).filter(isThere)
    for (const job of jobs) {
      const task = await this.#wantedBy(job)
      if (!task) continue
      const { problem, sample } = task.unit
      const attempts = Math.min(ATTEMPTS, job.stalledCounter + job.attemptsMade)
      const unit = { taskId: problem.task_id, sample, attempts, error: job.failedReason }
      this.#failed.push(unit)
      this.#settled.add(task.unit)
      writeFailedUnits(this.tools.folder, this.#failed)
      this.tools.report({
        level: 'warn',
        event: 'unit-set-aside',
        message: `Problem ${unit.taskId}, sample ${sample} is set aside after ${attempts} attempts: ${unit.error}`,
        details: unit,
      })
    }
    await this.#remove(jobs)
    return jobs.length
  }

  async #remove(jobs: readonly Job<UnitJob, string>[]): Promise<void> {
    await Promise.all(jobs.map(({ id }) => this.queue.remove(id!)))
    for (const { id } of jobs) this.#out.delete(id!)
  }

  /** The unit that a job's result is wanted for; null: it is done, or the sweep is another one by now. */
  async #wantedBy({ id, data }: Job<UnitJob, string>): Promise<UnitTask | null> {
    const unit = this.#units.get(placeOf(data.unit))
    if (!unit || this.#settled.has(unit)) return null
    const task = await this.#taskOf(unit)
    return task.missing.length > 0 && jobKey(this.#hash, await this.#jobOf(task)) === id ? task : null
  }

  #taskOf(unit: Unit): Promise<UnitTask> {
    return missingOf(unit, this.plan.arms, this.options, this.tools.store)
  }

  async #jobOf({ unit, missing, context }: UnitTask): Promise<UnitJob> {
    const { temperature, maxTokens, maxThinkingTokens, stop, context: given } = this.options
    const options = { temperature, maxTokens, maxThinkingTokens, stop }
    return { unit, arms: missing, context: context ?? (await given?.(unit.problem)) ?? null, options }
  }

  #settle(task: UnitTask, finished: FinishedUnit | null): void {
    this.#settled.add(task.unit)
    this.#tally.add(task, finished)
  }

  /** After Redis was away, or where it has fewer jobs than it was given: hands out again what is not in the queue. */
  async #replaceLost(): Promise<void> {
    const counts = await this.queue.getJobCounts(...STATES)
    const there = Object.values(counts).reduce((sum, count) => sum + count, 0)
    if (!this.#isInDoubt && there >= this.#out.size) return
    this.#isInDoubt = false
    const lost = this.#out.size - there
    if (lost > 0)
      this.tools.report({
        level: 'warn',
        event: 'units-lost',
        message: `Redis lost ${lost} units; they are queued again.`,
        details: { units: lost },
      })
    await this.#crew.call()
    await this.tools.redis.hset(this.queue.toKey('meta'), 'opts.maxLenEvents', EVENTS)
    const jobs = [...this.#out.values()]
    for (let at = 0; at < jobs.length; at += BULK) await this.#add(jobs.slice(at, at + BULK))
  }

  async #watch(): Promise<void> {
    const now = performance.now()
    if (now - this.#watchedAt < WATCH) return
    this.#watchedAt = now
    await this.lease.renew()
    await this.#crew.look()
    this.tools.onState?.({
      workers: this.#crew.size,
      retried: this.#retried,
      failed: this.#failed.length,
    })
  }
}

const placeOf = ({ problem, sample }: Unit) => `${problem.task_id}/${sample}`

/** A job may be gone between its id and its data. */
const isThere = <T>(job: T | undefined): job is T => job !== undefined
