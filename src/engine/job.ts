import type { Feed, Place } from './feed.js'
import type { Context } from './layout.js'
import type { NativePlan } from './native.js'
import type { SequenceOf } from './plans.js'
import type { Resident } from './residents.js'

/** A piece of work for the scheduler: one sequence, and the contexts that it sees. */
export interface Job<T> {
  /** Each after those that it sees itself. */
  readonly contexts: readonly Context[]
  /** Cells of the cache that its own sequence takes at most. */
  readonly cells: number
  /** What is done to its rows; `null`: nothing. */
  plan(sequenceOf: SequenceOf): NativePlan | null
  /** Called when its turn has come. */
  open(place: Place): Feed<T>
}

/** A job that waits for its turn. */
export interface Waiting {
  readonly job: Job<unknown>
  readonly enter: (running: Running) => void
  readonly resolve: (result: unknown) => void
  readonly reject: (reason: unknown) => void
}

/** A feed in the cache. */
export interface Running {
  readonly feed: Feed<unknown>
  readonly sequence: number
  readonly plan: number
  readonly contexts: readonly Context[]
  readonly cells: number
  /** The context that it decodes, whose cells stay; `null`: its cells are free once it is done. */
  readonly resident: Resident | null
  readonly resolve: (result: unknown) => void
  readonly reject: (reason: unknown) => void
  /** It was cancelled, and goes before the next decode. */
  leaving: boolean
}
