import type { Job } from 'bullmq'
import { ATTEMPTS, type UnitJob } from './unit-job.js'

/** A job that this worker holds: nobody else takes it while its lock is renewed. */
export class HeldJob {
  readonly data: UnitJob
  readonly #lost = new AbortController()
  readonly #renewal: NodeJS.Timeout

  constructor(
    private readonly job: Job<UnitJob, string>,
    private readonly token: string,
    patience: number,
  ) {
    this.data = job.data
    let isRenewing = false
    this.#renewal = setInterval(() => {
      if (isRenewing) return
      isRenewing = true
      job
        .extendLock(token, patience)
        .then((isHeld) => {
          if (!isHeld) this.#lost.abort(new Error('The unit was given to another worker.'))
        })
        .catch(() => undefined) // the next one may do
        .finally(() => (isRenewing = false))
    }, patience / 4)
  }

  /** Aborts when the lock ran out: others have it by now. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Failures so far, and workers that died over it or beside it. */
  get attempts(): number {
    return this.job.attemptsMade + this.job.stalledCounter
  }

  /** Did a worker die with it? */
  get isSuspect(): boolean {
    return this.job.stalledCounter > 0
  }

  async complete(result: string): Promise<void> {
    this.release()
    await this.job.moveToCompleted(result, this.token, false)
  }

  /** Another worker tries it, unless this was the last attempt. */
  async fail(error: Error): Promise<void> {
    this.release()
    const isLast = this.attempts + 1 >= ATTEMPTS
    await this.job.moveToFailed(isLast ? unrecoverable(error) : error, this.token, false)
  }

  /** Back to the head of the queue, as if it had not been taken. */
  async giveBack(): Promise<void> {
    this.release()
    await this.job.moveToWait(this.token)
  }

  /** Renews the lock no more. */
  release(): void {
    clearInterval(this.#renewal)
  }
}

/** By its name BullMQ knows that there are no further attempts. */
function unrecoverable({ message }: Error): Error {
  return Object.assign(new Error(message), { name: 'UnrecoverableError' })
}
