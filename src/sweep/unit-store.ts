import type { Crv, Generation } from '../engine/index.js'
import type { ProgramResult } from '../evaluation/index.js'
import type { Unit } from './plan.js'
import type { SweepRecord } from './record.js'

/** What is known of a machine and a process, as JSON. */
export type Environment = Readonly<Record<string, unknown>>

/** What is stored of a unit. */
export interface StoredUnit {
  /** Its context text, from which further arms are made. */
  readonly context: string
  /** Of the arms that are done. */
  readonly records: readonly SweepRecord[]
}

/** What was newly done of a unit: all its arms, or those that were missing. */
export interface FinishedUnit {
  readonly unit: Unit
  /** The model's reply; `null` where the context was given or is stored already. */
  readonly thinking: {
    readonly text: string
    readonly tokenCount: number
    readonly milliseconds: number
  } | null
  readonly context: string
  readonly captured: {
    readonly layers: readonly number[]
    readonly tokenCount: number
    readonly milliseconds: number
    /** What was captured, where it is to be kept. */
    readonly kept?: { readonly crv: Crv; readonly type: 'f32' | 'f16' } | undefined
  }
  readonly arms: readonly {
    readonly record: SweepRecord
    readonly result: ProgramResult
    readonly timings: Generation['timings']
  }[]
  /** Where it was made, if a worker made it; of what this process makes, the run says it. */
  readonly machine?: Environment
}

/** Where a sweep keeps what is finished. */
export interface UnitStore {
  stored(unit: Unit): StoredUnit | undefined
  /** All of it or nothing. */
  commit(unit: FinishedUnit): Promise<void>
}
