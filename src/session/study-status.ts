import { realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import {
  readFailedUnits,
  readProgress,
  readSettings,
  StudyError,
  StudyStore,
  unitCounts,
  type ArmCount,
  type FailedUnit,
  type StudyProgress,
  type StudySettings,
} from '../sweep/index.js'

/** How far a study is. */
export interface StudyStatus {
  /** Absolute path. */
  readonly folder: string
  readonly settings: StudySettings
  /** Who works on it, such as `process 4711 on gpu-3`; `null`: nobody. */
  readonly holder: string | null
  /** Problem × sample units with all arms, and of how many; while it is held, those of the running sweep. */
  readonly units: { readonly done: number; readonly total: number }
  readonly arms: readonly ArmCount[]
  /** Generations a second of the last sweep; `null`: it computed none, or left no word. */
  readonly generationsPerSecond: number | null
  /** Of the running sweep at this rate; `null`: none is running, or it has no rate yet. */
  readonly millisecondsLeft: number | null
  /** How the last sweep ended; `'killed'`: without a word. `null`: no sweep left one. */
  readonly lastRun: Exclude<StudyProgress['state'], 'running'> | 'running' | 'killed' | null
  /** What the last sweep, if by a queue, set aside: it failed again and again. The next sweep tries it again. */
  readonly setAside: readonly FailedUnit[]
}

/**
 * How far a study is, also while a sweep of another process works on it: then by what that sweep writes beside the
 * database every second.
 * @throws {@link StudyError}
 * @example
 * const { units, holder } = await studyStatus('runs/depths')
 */
export async function studyStatus(path: string): Promise<StudyStatus> {
  const settings = readSettings(path)
  const folder = realpathSync(path)
  const progress = readProgress(folder)
  if (progress && isRunning(progress)) return heldStatus(folder, settings, progress, holderOf(progress))
  try {
    const store = await StudyStore.open(folder)
    try {
      return await storedStatus(store, progress)
    } finally {
      await store.close()
    }
  } catch (error) {
    const isInUse = error instanceof StudyError && error.code === 'STUDY_IN_USE'
    // Who holds a study whose sweep has ended, such as a notebook, is told by the error.
    if (!isInUse || !progress || !mayRun(progress)) throw error
    return heldStatus(folder, settings, progress, holderOf(progress))
  }
}

const holderOf = ({ process, host }: StudyProgress) => `process ${process} on ${host}`

/** Is the sweep's process, another one of this machine, alive? */
function isRunning(progress: StudyProgress): boolean {
  const { host, process: pid } = progress
  return host === hostname() && pid !== process.pid && mayRun(progress)
}

/** Of another machine's processes nothing is known: the database's lock tells. */
function mayRun({ state, process: pid, host }: StudyProgress): boolean {
  if (state !== 'running') return false
  if (host !== hostname()) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function heldStatus(
  folder: string,
  settings: StudySettings,
  progress: StudyProgress,
  holder: string,
): StudyStatus {
  const { done, total, computed, milliseconds, arms } = progress
  return {
    folder,
    settings,
    holder,
    units: { done, total },
    arms,
    generationsPerSecond: rate(progress),
    millisecondsLeft: computed.units > 0 ? (milliseconds / computed.units) * (total - done) : null,
    lastRun: 'running',
    setAside: readFailedUnits(folder),
  }
}

/** Whole units, and generations an arm, of what is stored. */
export async function storedCounts(
  database: StudyStore['database'],
): Promise<Pick<StudyStatus, 'units' | 'arms'>> {
  const arms = await database.rows<ArmCount>(`
    SELECT a.arm, count(o.arm)::INTEGER AS generations, count(o.passed)::INTEGER AS tested,
           (count(*) FILTER (o.passed))::INTEGER AS passed
    FROM arms a LEFT JOIN outcomes o USING (arm) GROUP BY a.arm, a.layer ORDER BY a.layer NULLS FIRST, a.arm`)
  return { units: await unitCounts(database), arms }
}

async function storedStatus(
  { database, settings }: StudyStore,
  progress: StudyProgress | null,
): Promise<StudyStatus> {
  return {
    folder: database.folder,
    settings,
    holder: null,
    ...(await storedCounts(database)),
    generationsPerSecond: progress && rate(progress),
    millisecondsLeft: null,
    lastRun: progress && (progress.state === 'running' ? 'killed' : progress.state),
    setAside: readFailedUnits(database.folder),
  }
}

function rate({ computed, milliseconds }: StudyProgress): number | null {
  return milliseconds > 0 ? computed.generations / (milliseconds / 1000) : null
}
