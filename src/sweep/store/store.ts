import { existsSync } from 'node:fs'
import type { CrvModel } from '../../engine/index.js'
import type { Problem } from '../../problems/problem.js'
import type { NamedArm } from '../../nir/index.js'
import type { Unit } from '../plan.js'
import type { Shard } from '../shard.js'
import type { Environment, FinishedUnit, StoredUnit, UnitStore } from '../unit-store.js'
import { Database } from './database.js'
import { StudyError } from './errors.js'
import { addArms, addProblems } from './extents.js'
import { removeParts } from './kept-crvs.js'
import { dataSetHash } from './keys.js'
import { readRecords } from './read-records.js'
import { RunMachines } from './run-machines.js'
import { FORMAT, SCHEMA } from './schema.js'
import { asJson, requireSame, settingsHash, type StudySettings } from './settings.js'
import { isStudy, readSettings, writeSettings } from './study-file.js'
import { writeUnit } from './write-unit.js'

/** What a sweep adds to a study. */
export interface StudyWork {
  readonly problems: readonly Problem[]
  readonly samples: number
  readonly arms: readonly NamedArm[]
  readonly model: CrvModel
  /** The part of all units that it does; `null`: all. */
  readonly shard: Shard | null
  /** Where it runs; kept as it is. */
  readonly environment: Environment
}

/** Studies that a sweep of this process writes to: two would do the same work twice. */
const writing = new Set<string>()

/** A study's folder, opened. */
export class StudyStore {
  private constructor(
    readonly settings: StudySettings,
    readonly database: Database,
  ) {}

  /** @throws {@link StudyError} */
  static async open(folder: string): Promise<StudyStore> {
    const settings = readSettings(folder)
    const database = await Database.open(folder)
    try {
      await requireTables(database, settings)
      return new StudyStore(settings, database)
    } catch (error) {
      await database.close()
      throw error
    }
  }

  /**
   * Opens a study to work on it, and makes it where there is none.
   * @throws {@link StudyError} `STUDY_DIFFERS` where it was begun with other settings.
   */
  static async begin(folder: string, settings: StudySettings): Promise<StudyStore> {
    if (!existsSync(folder) || !isStudy(folder)) writeSettings(folder, settings)
    requireSame(readSettings(folder), settings, `The study '${folder}'`)
    return StudyStore.open(folder)
  }

  /**
   * Makes the study ready for a sweep: its problems and arms are added, and what is stored is read.
   * @throws {@link StudyError} `STUDY_DIFFERS` for a problem or arm of the same name but other content,
   * `STUDY_IN_USE`.
   */
  async startWork(work: StudyWork): Promise<UnitStore & { end(): void }> {
    const { database, settings } = this
    const { folder } = database
    if (writing.has(folder))
      throw new StudyError(
        'STUDY_IN_USE',
        `Another sweep of this process writes to the study '${folder}'.`,
        'Wait until it is done.',
      )
    writing.add(folder)
    const end = () => void writing.delete(folder)
    try {
      removeParts(folder)
      await database.transaction(() => this.#addWork(work))
      const units = await this.#storedUnits()
      const about = {
        settingsHash: settingsHash(settings),
        model: work.model,
        arms: new Map(work.arms.map((arm) => [arm.name, arm])),
        machines: await RunMachines.ofLastRun(database, work.environment),
      }
      return {
        end,
        stored: (unit: Unit) => units.get(unitName(unit.problem.task_id, unit.sample)),
        commit: (done: FinishedUnit) =>
          writeUnit(database, done, {
            ...about,
            isContinued: units.has(unitName(done.unit.problem.task_id, done.unit.sample)),
          }),
      }
    } catch (error) {
      end()
      throw error
    }
  }

  /** Lets go of the study. */
  close(): Promise<void> {
    return this.database.close()
  }

  async #addWork(work: StudyWork): Promise<void> {
    const { database } = this
    await addProblems(database, work.problems)
    await addArms(database, work.arms)
    await database.append('runs', [
      [
        new Date().toISOString(),
        dataSetHash(work.problems),
        work.problems.length,
        work.samples,
        work.shard && `${work.shard.index}/${work.shard.count}`,
        work.arms.map(({ name }) => name),
        JSON.stringify(work.environment),
      ],
    ])
  }

  async #storedUnits(): Promise<Map<string, StoredUnit>> {
    const units = new Map<string, { context: string; records: StoredUnit['records'][number][] }>()
    for (const record of await readRecords(this.database)) {
      const name = unitName(record.taskId, record.sample)
      const unit = units.get(name) ?? { context: record.context, records: [] }
      unit.records.push(record)
      units.set(name, unit)
    }
    return units
  }
}

const unitName = (taskId: number, sample: number) => `${taskId}/${sample}`

/** Makes the tables of a new study, and checks those of another. */
async function requireTables(database: Database, settings: StudySettings): Promise<void> {
  const hash = settingsHash(settings)
  const tables = await database.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'study'")
  if (tables.length === 0)
    return database.transaction(async () => {
      await database.run(SCHEMA)
      await database.append('study', [[FORMAT, hash, JSON.stringify(asJson(settings))]])
    })
  const [found] = await database.rows<{ format: number; hash: string }>('SELECT format, hash FROM study')
  if (found?.format === FORMAT && found.hash === hash) return
  throw new StudyError(
    'STUDY_CORRUPT',
    `In '${database.folder}', study.json and study.duckdb are of different studies.`,
    'Put together what belongs together: both have the same hash.',
  )
}
