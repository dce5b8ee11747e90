import type { QueueEvent, QueueState, SweepProgress } from '../../index.js'

/** What a sweep is about to do. */
interface SweepStart {
  /** The study's folder. */
  readonly study: string
  /** The model's name in the configuration; `null`: it has one without a name. */
  readonly name: string | null
  readonly model: string
  readonly units: number
  readonly arms: readonly string[]
}

/** How a sweep ended. */
interface SweepEnd {
  readonly study: string
  readonly state: 'done' | 'stopped' | 'failed'
  readonly generations: number
  readonly passed: number | null
  readonly milliseconds: number
}

/** Who is told how a sweep goes. */
export interface SweepReporter {
  start(start: SweepStart): void
  unit(progress: SweepProgress): void
  /** Of a sweep by a queue: its workers, what was retried and set aside. */
  queue(state: QueueState): void
  /** Something happened in a queue. */
  notice(event: QueueEvent): void
  end(end: SweepEnd): void
}
