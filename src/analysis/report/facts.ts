import type { StudySettings } from '../../sweep/store/settings.js'

/** One start of a sweep of the study. */
export interface RunFacts {
  /** ISO 8601. */
  readonly startedAt: string
  readonly dataSetHash: string
  readonly problems: number
  readonly samples: number
  /** Where it ran, and its configuration where it had one. */
  readonly environment: Readonly<Record<string, unknown>>
}

/** Where the time went, in one stage. */
export interface StageFacts {
  readonly stage: string
  readonly count: number
  /** Over all, in milliseconds; what ran together counts once for each. */
  readonly milliseconds: number
}

/** What a report says beside the records. */
export interface StudyFacts {
  readonly folder: string
  readonly settings: StudySettings
  readonly runs: readonly RunFacts[]
  readonly stages: readonly StageFacts[]
  /** Problem × sample units with all arms, and of how many. */
  readonly units: { readonly done: number; readonly total: number }
  /** `task_id` → what is asked. */
  readonly problems: ReadonlyMap<number, string>
  /** `task_id` of the problems that have no tests. */
  readonly withoutTests: ReadonlySet<number>
}
