import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { SweepProgress } from '../plan.js'

const FILE = 'progress.json'
/** Milliseconds between two writings. */
const EVERY = 1000

/** How far the last sweep of a study is, as it stands beside the database, which nobody else can read meanwhile. */
export interface StudyProgress {
  /** `'running'` is also what a process leaves that was killed. */
  readonly state: 'running' | 'done' | 'stopped' | 'failed'
  readonly process: number
  readonly host: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly updatedAt: string
  /** Units of this sweep that are finished, and of how many. */
  readonly done: number
  readonly total: number
  readonly computed: SweepProgress['computed']
  /** Since the sweep began. */
  readonly milliseconds: number
  readonly arms: readonly ArmCount[]
}

/** Generations of an arm, and how many of them were tested and passed. */
export interface ArmCount {
  readonly arm: string
  readonly generations: number
  readonly tested: number
  readonly passed: number
}

/** Writes a study's progress, whole each time, so that a reader never sees half of it. */
export class ProgressFile {
  readonly #startedAt = new Date()
  #last: SweepProgress | null = null
  #writtenAt = 0

  constructor(
    private readonly folder: string,
    private readonly total: number,
  ) {
    this.#write('running')
  }

  update(progress: SweepProgress): void {
    this.#last = progress
    if (performance.now() - this.#writtenAt > EVERY) this.#write('running')
  }

  end(state: Exclude<StudyProgress['state'], 'running'>): void {
    this.#write(state)
  }

  #write(state: StudyProgress['state']): void {
    this.#writtenAt = performance.now()
    const {
      done = 0,
      computed = { units: 0, generations: 0 },
      milliseconds = 0,
      records = [],
    } = this.#last ?? {}
    const progress: StudyProgress = {
      state,
      process: process.pid,
      host: hostname(),
      startedAt: this.#startedAt.toISOString(),
      updatedAt: new Date().toISOString(),
      done,
      total: this.total,
      computed,
      milliseconds,
      arms: countArms(records),
    }
    try {
      const part = join(this.folder, `${FILE}.part`)
      writeFileSync(part, `${JSON.stringify(progress)}\n`)
      renameSync(part, join(this.folder, FILE))
    } catch {
      // It only informs; a full disk is told when something matters.
    }
  }
}

/** How far the last sweep of a study came; `null`: nothing says so. */
export function readProgress(folder: string): StudyProgress | null {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as StudyProgress
  } catch {
    return null
  }
}

function countArms(records: SweepProgress['records']): ArmCount[] {
  const counts = new Map<string, { arm: string; generations: number; tested: number; passed: number }>()
  for (const { arm, passed } of records) {
    const count = counts.get(arm) ?? { arm, generations: 0, tested: 0, passed: 0 }
    counts.set(arm, count)
    count.generations++
    if (passed !== null) count.tested++
    if (passed) count.passed++
  }
  return [...counts.values()]
}
