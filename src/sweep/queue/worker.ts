import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { EngineError } from '../../engine/index.js'
import { EvaluatorClosedError, SandboxLostError } from '../../evaluation/index.js'
import type { NamedArm } from '../../nir/index.js'
import { abortable } from '../../abortable.js'
import { within } from '../../within.js'
import { generateUnit, measureUnit, type SweepTools } from '../run-unit.js'
import { sweepWidth } from '../run.js'
import type { Environment } from '../unit-store.js'
import { Board, queueName, type Presence, type StudyNotice } from './board.js'
import { PREFIX } from './connect.js'
import { QueueError } from './errors.js'
import type { QueueEvent, Report } from './event.js'
import { HeldJob } from './held-job.js'
import { ATTEMPTS, packResult, type UnitJob } from './unit-job.js'

/** Milliseconds that running units have to finish once a worker is to end: less than what Slurm and Kubernetes give it. */
const GRACE = 20_000
/** After that, for giving units back. */
const LAST_WORDS = 3000
/** Faults of a machine, rather than of a unit. */
const MACHINE_FAULTS = [EngineError, SandboxLostError, EvaluatorClosedError]
/** Units that fail one after the other by such a fault before a worker thinks that it is its own. */
const SUSPICIOUS = 3
/** Units that are measured, or wait for it, beside those that are generated. */
const MEASURED = 2
/** Seconds that an empty queue is waited on in one command. */
const IDLE = 5

/** How to work. */
export interface WorkOptions {
  readonly redis: Redis
  readonly study: StudyNotice
  readonly tools: SweepTools
  /** This one; kept with what is made here. */
  readonly machine: Environment
  /** Units generated at once. Default: as many as fill the batch. */
  readonly concurrency?: number | undefined
  /** When it aborts, the worker takes no more, finishes what it can soon, and gives back the rest. */
  readonly signal: AbortSignal
  /** Milliseconds that running units then have to finish. Default 20 000. */
  readonly grace?: number | undefined
  readonly report: Report
}

/** What a worker did. */
export interface WorkSummary {
  readonly finished: number
  readonly failed: number
  /** Given back unfinished. */
  readonly returned: number
}

/**
 * Works on a study's units until the study is done or the signal aborts.
 * @throws {@link QueueError} `WORKER_BROKEN`.
 */
export async function work(options: WorkOptions): Promise<WorkSummary> {
  const { Worker } = await import('bullmq')
  const { redis, study } = options
  const worker = new Worker<UnitJob, string>(queueName(study.settings), null, {
    connection: redis,
    prefix: PREFIX,
    autorun: false,
    lockDuration: study.patience,
    stalledInterval: study.patience / 2,
    maxStalledCount: Number.MAX_SAFE_INTEGER, // attempts are counted together with failures
    drainDelay: IDLE,
  })
  return new UnitWorker(options, worker).run()
}

class UnitWorker {
  readonly #id = randomUUID()
  readonly #queue: string
  readonly #board: Board
  readonly #running = new Set<Promise<void>>()
  readonly #giveUp = new AbortController()
  /** Aborts when a worker that is to end waits no longer for what it asked Redis for a unit. */
  readonly #unheard = new AbortController()
  #generating = 0
  /** Of the last unit; before there is one, as few as can be. */
  #arms: readonly NamedArm[] = [{ name: 'original' }]
  #measuring: Promise<unknown> = Promise.resolve()
  #isEnding = false
  #wake: () => void = () => undefined
  #beat = 0
  #machineFaults = 0
  #fault: Error | undefined
  #finished = 0
  #failures = 0
  #returned = 0

  constructor(
    private readonly options: WorkOptions,
    private readonly worker: Worker<UnitJob, string>,
  ) {
    this.#queue = queueName(options.study.settings)
    this.#board = new Board(options.redis)
    setMaxListeners(0, this.#giveUp.signal)
  }

  async run(): Promise<WorkSummary> {
    const { worker } = this
    const { signal, study } = this.options
    let said = ''
    worker.on('error', ({ message }) => {
      if (message !== said) this.#say('warn', 'queue-error', message) // a Redis that is away fails every two seconds
      said = message
    })
    worker.on('stalled', (id) =>
      this.#say('warn', 'stalled', `A worker died over unit ${id.slice(0, 12)}; it is queued again.`),
    )
    const end = () => void this.#endSoon()
    signal.addEventListener('abort', end, { once: true })
    let heart: NodeJS.Timeout | undefined
    try {
      await worker.waitUntilReady()
      await worker.startStalledCheckTimer()
      await this.#liveOn()
      heart = setInterval(() => void this.#liveOn().catch(() => undefined), study.patience / 4)
      if (signal.aborted) end()
      while (!this.#isEnding) await this.#takeNext()
      const settled = Promise.allSettled(this.#running)
      await abortable(settled, this.#giveUp.signal).catch(() => within(LAST_WORDS, settled))
      if (this.#fault) throw this.#fault
      return { finished: this.#finished, failed: this.#failures, returned: this.#returned }
    } finally {
      clearInterval(heart)
      signal.removeEventListener('abort', end)
      await within(LAST_WORDS, this.#board.withdraw(this.#queue, this.#id))
      await within(LAST_WORDS, worker.close(true))
    }
  }

  async #endSoon(): Promise<void> {
    const { grace = GRACE } = this.options
    const { size } = this.#running
    this.#say('info', 'ending', `Takes no more units; ${size} that run have ${grace / 1000} s to finish.`)
    await this.#end(grace)
  }

  /** Takes no more units; those that run get some time. */
  async #end(grace: number): Promise<void> {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#wake()
    const reason = new Error('The worker is ending.')
    setTimeout(() => {
      this.#giveUp.abort(reason)
    }, grace).unref()
    setTimeout(() => {
      this.#unheard.abort(reason)
    }, LAST_WORDS).unref()
    const disconnected = this.worker.getBackend().disconnectBlocking(true) // ends the wait on an empty queue
    await within(
      LAST_WORDS,
      disconnected.catch(() => undefined),
    )
  }

  async #takeNext(): Promise<void> {
    while (!this.#hasRoom()) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
      if (this.#isEnding) return
    }
    const held = await this.#fetch()
    if (!held) return
    // Whatever killed a worker would take the units beside it along, again and again: it is alone with this one.
    if (held.isSuspect) await Promise.allSettled(this.#running)
    const running = this.#process(held).finally(() => {
      this.#running.delete(running)
      this.#wake()
    })
    this.#running.add(running)
    if (held.isSuspect) await running
  }

  #hasRoom(): boolean {
    return this.#generating < this.#slots && this.#running.size < this.#slots + MEASURED
  }

  /** Units generated at once: so many that while some think, the arms of others fill the batch. */
  get #slots(): number {
    const { concurrency, tools } = this.options
    return concurrency ?? sweepWidth(tools.engine, this.#arms)
  }

  async #fetch(): Promise<HeldJob | undefined> {
    const token = randomUUID()
    try {
      const job = await abortable(this.worker.getNextJob(token), this.#unheard.signal)
      return job && new HeldJob(job, token, this.options.study.patience)
    } catch (error) {
      if (this.#isEnding) return undefined
      this.#say('warn', 'queue-error', (error as Error).message)
      await sleep(1000)
      return undefined
    }
  }

  async #process(held: HeldJob): Promise<void> {
    try {
      if (this.#isEnding) return await this.#giveBack(held)
      if (held.attempts >= ATTEMPTS)
        return await held.fail(new Error(`It failed, or its worker died: ${held.attempts} attempts.`))
      const signal = AbortSignal.any([held.lost, this.#giveUp.signal])
      setMaxListeners(0, signal)
      const result = await this.#compute(held, signal).catch((error: unknown) => error as Error)
      if (result instanceof Error) return await this.#failed(held, result)
      await held.complete(result)
      this.#finished++
      this.#machineFaults = 0
    } catch (error) {
      // What Redis does not take is computed again once the lock has run out.
      this.#say('warn', 'unit-lost', `What became of a unit is not taken: ${(error as Error).message}`)
    } finally {
      held.release()
    }
  }

  async #compute({ data }: HeldJob, signal: AbortSignal): Promise<string> {
    const { tools, machine } = this.options
    const { unit, arms, context, options } = data
    this.#arms = arms
    this.#generating++
    const generated = await generateUnit(
      unit,
      arms,
      context ?? undefined,
      { ...options, signal, keepThinking: true },
      tools,
    ).finally(() => {
      this.#generating--
      this.#wake()
    })
    const measured = this.#measuring
      .catch(() => undefined)
      .then(() => measureUnit(generated, tools.evaluator))
    this.#measuring = measured
    return packResult({ ...(await abortable(measured, signal)), machine })
  }

  async #failed(held: HeldJob, error: Error): Promise<void> {
    const { unit } = held.data
    const name = `problem ${unit.problem.task_id}, sample ${unit.sample}`
    if (held.lost.aborted)
      return this.#say('warn', 'unit-lost', `Redis was away for too long: another worker does ${name}.`)
    if (this.#giveUp.signal.aborted) return this.#giveBack(held)
    this.#failures++
    this.#say('warn', 'unit-failed', `${name} failed: ${error.message}`)
    await held.fail(error)
    if (!MACHINE_FAULTS.some((fault) => error instanceof fault) || ++this.#machineFaults < SUSPICIOUS) return
    this.#fault = new QueueError(
      'WORKER_BROKEN',
      `${SUSPICIOUS} units failed here one after the other, the last with: ${error.message}`,
      'Look after this machine; other workers go on with the units.',
    )
    await this.#end(0)
  }

  async #giveBack(held: HeldJob): Promise<void> {
    this.#returned++
    await held.giveBack()
  }

  /** Shows that it lives, and looks whether there is anything left to live for. */
  async #liveOn(): Promise<void> {
    const { study, tools } = this.options
    const presence: Presence = {
      id: this.#id,
      host: hostname(),
      pid: process.pid,
      state: this.#isEnding ? 'draining' : 'working',
      beat: this.#beat++,
      slots: this.#slots,
      lacks: tools.evaluator.capabilities.reasons,
    }
    await this.#board.announce(this.#queue, presence)
    const now = await this.#board.study(this.#queue)
    if (now?.state !== 'done' || this.#isEnding) return
    this.#say('info', 'study-done', `The study '${study.title}' is done.`)
    await this.#end(0)
  }

  #say(level: QueueEvent['level'], event: string, message: string): void {
    this.options.report({ level, event, message })
  }
}
