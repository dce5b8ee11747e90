import { setMaxListeners } from 'node:events'
import { NirError } from '../errors.js'
import { Batch } from './batch.js'
import { BATCH_SIZE, SEQUENCES, type Decoder } from './decoder.js'
import { ClosedError, InputError } from './errors.js'
import type { Job, Running, Waiting } from './job.js'
import type { Context } from './layout.js'
import type { NativeDecoded, NativePlan } from './native.js'
import { Pass } from './pass.js'
import { Places } from './places.js'
import { contextPlan } from './plans.js'
import { Residents, type Resident } from './residents.js'

/** What a feed put into a batch. */
interface Part {
  readonly running: Running
  readonly start: number
  readonly end: number
}

/**
 * Continuous batching: jobs of any number of calls share decodes. A job enters when the cache has room for all of it,
 * in the order given; its cells are free for the next as soon as it is done. Contexts are stored once.
 *
 * The native context is touched between decodes only: it belongs to the worker thread while one runs.
 */
export class Scheduler {
  readonly #waiting: Waiting[] = []
  readonly #running = new Set<Running>()
  readonly #residents = new Residents()
  readonly #places = new Places()
  #decoding: readonly Part[] = []
  #loop: Promise<void> | undefined
  #closed = false
  /** Some cell may hold what is not finite; without flash attention it spoils rows that do not even see it. */
  #tainted = false

  /** @param alone - run one job at a time in an empty cache, one feed a decode: results depend on no company. */
  constructor(
    private readonly decoder: Decoder,
    private readonly alone: boolean,
  ) {}

  /** What is in use: all zero when nothing runs. */
  get usage(): { readonly cells: number; readonly sequences: number; readonly jobs: number } {
    const { usedCells: cells, usedSequences: sequences } = this.#places
    return { cells, sequences, jobs: this.#waiting.length + this.#running.size }
  }

  /**
   * Runs a job. When the signal aborts it rejects at once with the signal's reason.
   * @throws {@link ClosedError}
   */
  run<T>(job: Job<T>, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) throw new ClosedError()
      signal?.throwIfAborted()
      if (job.contexts.length >= SEQUENCES) throw tooMany(job.contexts.length)
      let running: Running | undefined
      const abort = () => {
        if (running) this.#leave(running, signal!.reason)
        else this.#withdraw(waiting, signal!.reason)
      }
      const unlisten = () => signal?.removeEventListener('abort', abort)
      const waiting: Waiting = {
        job,
        enter: (entered) => {
          running = entered
        },
        resolve: (result) => {
          unlisten()
          resolve(result as T)
        },
        reject: (reason) => {
          unlisten()
          reject(reason as Error)
        },
      }
      if (signal) setMaxListeners(0, signal) // one a job, and there may be many
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiting.push(waiting)
      this.#loop ??= this.#work()
    })
  }

  /** Rejects everything with {@link ClosedError}; resolves when nothing runs any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.#rejectAll(new ClosedError())
    await this.#loop
  }

  /** Decodes until nothing is left to do. Never rejects. */
  async #work(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)) // calls made together should enter together
    while (this.#waiting.length > 0 || this.#running.size > 0) {
      try {
        await this.#admit()
        await this.#step()
      } catch (error) {
        this.#rejectAll(error)
      }
      for (const running of this.#running) if (running.leaving) this.#remove(running)
    }
    this.#loop = undefined
  }

  /** Lets jobs enter, in their order, as long as there is room for the next. */
  async #admit(): Promise<void> {
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      const missing = this.#residents.missing(next.job.contexts)
      const needed = missing.reduce((sum, { crv }) => sum + crv.tokenCount, next.job.cells)
      if (this.#running.size === 0) {
        try {
          await this.#renew(needed)
        } catch (error) {
          this.#withdraw(next, error)
          continue
        }
        if (this.#waiting[0] !== next) continue // withdrawn meanwhile
      } else {
        const { usedCells, usedSequences } = this.#places
        const hasRoom = usedCells + needed <= this.decoder.cells && usedSequences + missing.length < SEQUENCES
        if (this.alone || this.#tainted || !hasRoom || this.#shouldGrow()) return
      }
      this.#waiting.shift()
      try {
        this.#start(next, missing)
      } catch (error) {
        next.reject(error)
      }
    }
  }

  /** Empties the cache, and makes it as large as all that waits could use. */
  async #renew(needed: number): Promise<void> {
    if (this.#tainted) this.decoder.close()
    this.#tainted = false
    await this.decoder.reserve(needed, this.alone ? needed : this.#demand())
    this.decoder.context.clear()
  }

  /** Should nothing enter until the cache is empty and can be made larger? */
  #shouldGrow(): boolean {
    return this.decoder.canGrow && this.#places.usedCells + this.#demand() > 2 * this.decoder.cells
  }

  /** Cells that what waits could use at once. */
  #demand(): number {
    const jobs = this.#waiting.slice(0, SEQUENCES).map(({ job }) => job)
    const contexts = this.#residents.missing(jobs.flatMap((job) => job.contexts))
    const tokens = new Map(contexts.map(({ key, crv }) => [key, crv.tokenCount]))
    return [...tokens.values(), ...jobs.map((job) => job.cells)].reduce((sum, cells) => sum + cells, 0)
  }

  /** Lets a job enter. When this throws, nothing of it is left. */
  #start(waiting: Waiting, missing: readonly Context[]): void {
    const { job, resolve, reject } = waiting
    const { contexts, cells } = job
    const residents = missing.map((context) =>
      this.#residents.add(context, this.#places.take(context.crv.tokenCount)),
    )
    this.#residents.retain(contexts)
    const sequence = this.#places.take(cells)
    let plan = -1
    try {
      for (const resident of residents) this.#startContext(resident)
      plan = this.#definePlan(job.plan((context) => this.#residents.sequenceOf(context)))
      const feed = job.open({ sequence, plan })
      waiting.enter(this.#enter({ feed, sequence, plan, contexts, cells, resident: null, resolve, reject }))
    } catch (error) {
      this.#removePlace({ sequence, plan, contexts, cells, resident: null })
      throw error
    }
  }

  #startContext(resident: Resident): void {
    const { context, sequence } = resident
    const { crv, overwrite, base } = context
    const contexts = context.visible.map((visible) => visible.context)
    const plan = this.#definePlan(contextPlan(context, (other) => this.#residents.sequenceOf(other)))
    const feed = new Pass(
      { sequence, plan },
      {
        tokens: overwrite ? new Int32Array(crv.tokenCount) : crv.tokens,
        base,
        hiddenSize: crv.hiddenSize,
        overwrite: overwrite && { layer: overwrite.layer, states: crv.at(overwrite.from) },
        record: true,
      },
    )
    const resolve = () => {
      resident.ready = true
    }
    const reject = (reason: unknown) => {
      for (const user of this.#running)
        if (user.contexts.some(({ key }) => key === context.key)) this.#leave(user, reason)
    }
    this.#residents.retain(contexts)
    this.#enter({ feed, sequence, plan, contexts, cells: crv.tokenCount, resident, resolve, reject })
  }

  #enter(parts: Omit<Running, 'leaving'>): Running {
    const running = { ...parts, leaving: false }
    this.#running.add(running)
    return running
  }

  /** One decode of what fits a batch, and what follows from it. */
  async #step(): Promise<void> {
    const batch = new Batch(BATCH_SIZE, SEQUENCES)
    const parts = this.#fill(batch)
    if (parts.length === 0) return
    this.#decoding = parts
    let decoded: NativeDecoded
    try {
      decoded = await this.decoder.decode(batch.toNative())
    } catch (error) {
      // What was cancelled may have aborted the decode; the others are decoded again without it.
      if (!parts.some(({ running }) => running.leaving))
        for (const { running } of parts) this.#leave(running, error)
      return
    } finally {
      this.#decoding = []
    }
    for (const { running, start, end } of parts) {
      if (running.leaving) continue
      try {
        running.feed.took(batch.outputsOf(decoded, start, end))
        if (running.feed.done) this.#finish(running)
      } catch (error) {
        this.#tainted ||= error instanceof NirError && error.code === 'NON_FINITE_LOGITS'
        this.#leave(running, error)
      }
    }
  }

  #fill(batch: Batch): Part[] {
    const parts: Part[] = []
    const ready = [...this.#running].filter(({ contexts }) => this.#residents.areReady(contexts))
    for (const running of ready.sort((a, b) => a.feed.rank - b.feed.rank)) {
      if (batch.room === 0 || (this.alone && parts.length > 0)) break
      const start = batch.length
      running.feed.fill(batch)
      if (batch.length > start) parts.push({ running, start, end: batch.length })
    }
    return parts
  }

  #finish(running: Running): void {
    const result = running.feed.result()
    this.#remove(running)
    running.resolve(result)
  }

  /** Rejects what runs; its place is free before the next decode. */
  #leave(running: Running, reason: unknown): void {
    if (running.leaving) return
    running.leaving = true
    if (this.#decoding.length > 0 && this.#decoding.every((part) => this.#isInVain(part.running)))
      this.decoder.context.abort()
    running.reject(reason)
  }

  /** Does nobody wait any more for what it gives? A decode that somebody waits for is not aborted: all would pay. */
  #isInVain({ leaving, resident }: Running): boolean {
    if (leaving || !resident) return leaving
    const users = [...this.#running].filter(({ contexts }) =>
      contexts.some(({ key }) => key === resident.context.key),
    )
    return users.every((user) => this.#isInVain(user))
  }

  #withdraw(waiting: Waiting, reason: unknown): void {
    const index = this.#waiting.indexOf(waiting)
    if (index < 0) return
    this.#waiting.splice(index, 1)
    waiting.reject(reason)
  }

  #rejectAll(reason: unknown): void {
    for (const waiting of [...this.#waiting]) this.#withdraw(waiting, reason)
    for (const running of this.#running) this.#leave(running, reason)
  }

  /** Frees what a feed took. */
  #remove(running: Running): void {
    this.#running.delete(running)
    running.feed.release?.()
    this.#removePlace(running)
  }

  /** A context's cells stay as long as somebody needs it. */
  #removePlace(place: Pick<Running, 'sequence' | 'plan' | 'contexts' | 'cells' | 'resident'>): void {
    this.decoder.context.releasePlan(place.plan)
    if (!place.resident) this.#freeCells(place.sequence, place.cells)
    for (const resident of this.#residents.release(place.contexts)) this.#removeContext(resident)
  }

  #removeContext(resident: Resident): void {
    for (const running of this.#running) if (running.resident === resident) this.#remove(running)
    this.#freeCells(resident.sequence, resident.context.crv.tokenCount)
  }

  #freeCells(sequence: number, cells: number): void {
    this.decoder.context.removeSequence(sequence)
    this.#places.free(sequence, cells)
  }

  #definePlan(plan: NativePlan | null): number {
    return plan ? this.decoder.context.definePlan(plan) : -1
  }
}

function tooMany(contexts: number): InputError {
  return new InputError(
    'TOO_MANY_INJECTIONS',
    `An arm has ${contexts} injections of different states; ${SEQUENCES - 1} fit.`,
    'Give it fewer, for example by joining CRVs of one layer.',
  )
}
