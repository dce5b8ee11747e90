import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'
import { StudyError, studyError } from './errors.js'
import { appendRows } from './append-rows.js'
import { checkpoint, isCheckpointOpen, undoCheckpoint } from './checkpoint.js'
import { cutUnsynced, logSize, markLog } from './log.js'
import type { Row, Value } from './rows.js'
import { syncFolder } from './sync-folder.js'
import { plainRow } from './values.js'

/** The file in a study's folder that DuckDB keeps. */
export const DATABASE = 'study.duckdb'
/** Says who holds the study; the lock itself is the system's, and ends with the process. */
const HOLDER = 'holder.txt'

/** Checkpoints are made by us: {@link checkpoint}. */
const OPTIONS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  checkpoint_threshold: '1TB',
}

/** One DuckDB a file and process: DuckDB locks a file against other processes, not against its own. */
interface Shared {
  readonly instance: Promise<DuckDBInstance>
  users: number
}

const open = new Map<string, Shared>()

/** Columns and rows that a query gave. */
export interface Result {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly Record<string, unknown>[]
}

/** A connection to a study's DuckDB file. In one process several share the file. */
export class Database {
  #closed = false
  /** Bytes at which the log is taken into the file. */
  logLimit = 16_000_000

  private constructor(
    readonly folder: string,
    private readonly connection: DuckDBConnection,
  ) {}

  /**
   * Opens the file, and makes it where it is not yet.
   * @throws {@link StudyError} `STUDY_IN_USE`, `STUDY_NEWER`, `STUDY_CORRUPT`, `STUDY_WRITE_FAILED`.
   */
  static async open(given: string): Promise<Database> {
    const folder = realpathSync(given)
    const shared = open.get(folder) ?? { instance: openInstance(folder), users: 0 }
    open.set(folder, shared)
    shared.users++ // at once, so that nobody closes it meanwhile
    try {
      return new Database(folder, await (await shared.instance).connect())
    } catch (error) {
      await release(folder, shared).catch(() => undefined)
      throw studyError(error, given, holder(folder))
    }
  }

  /** Runs a statement, or several without values. */
  async run(sql: string, values?: readonly Value[]): Promise<void> {
    this.#requireOpen()
    try {
      await this.connection.run(sql, values && [...values])
    } catch (error) {
      throw studyError(error, this.folder, null)
    }
  }

  /** What a query gives, in plain JavaScript: whole numbers as numbers, maps as objects. */
  async query(sql: string, values: readonly unknown[] = []): Promise<Result> {
    this.#requireOpen()
    const reader = await this.connection.runAndReadAll(sql, values as DuckDBValue[])
    const names = reader.deduplicatedColumnNames()
    const types = reader.columnTypes()
    return {
      columns: names.map((name, index) => ({ name, type: String(types[index]) })),
      rows: reader.getRowObjectsJS().map(plainRow),
    }
  }

  /** The rows of a query of ours. */
  async rows<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    try {
      return (await this.query(sql, values)).rows as unknown as T[]
    } catch (error) {
      throw studyError(error, this.folder, null)
    }
  }

  /** Appends rows; call it in a {@link transaction}. */
  async append(table: string, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return
    const appender = await this.connection.createAppender(table)
    appendRows(appender, rows)
    appender.closeSync()
  }

  /** All of it or nothing. On success the disk has it. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    this.#requireOpen()
    try {
      await this.connection.run('BEGIN')
      const result = await work()
      await this.connection.run('COMMIT')
      await this.#afterCommit()
      return result
    } catch (error) {
      await this.connection.run('ROLLBACK').catch(() => undefined) // a failed commit has rolled back
      throw studyError(error, this.folder, null)
    }
  }

  /** Lets go of the file. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const shared = open.get(this.folder)!
    if (shared.users === 1 && logSize(this.folder) > 0) await this.#checkpoint()
    this.connection.closeSync()
    await release(this.folder, shared)
  }

  /** What a commit leaves to do: its log has a name, and shall not grow for ever. */
  async #afterCommit(): Promise<void> {
    try {
      markLog(this.folder)
    } catch (error) {
      throw new Error(`Could not sync the folder: ${(error as Error).message}`, { cause: error })
    }
    if (logSize(this.folder) > this.logLimit) await this.#checkpoint()
  }

  async #checkpoint(): Promise<void> {
    try {
      await checkpoint(this.connection, this.folder)
      markLog(this.folder)
    } catch {
      // What is in the log stays there; if the disk is full, the next commit says so.
    }
  }

  #requireOpen(): void {
    if (!this.#closed) return
    throw new StudyError(
      'STUDY_CLOSED',
      `The study '${this.folder}' is closed.`,
      'Open it again: openStudy(path).',
    )
  }
}

async function release(folder: string, shared: Shared): Promise<void> {
  if (--shared.users > 0) return
  open.delete(folder)
  const instance = await shared.instance
  rmSync(join(folder, HOLDER), { force: true })
  instance.closeSync()
}

async function openInstance(folder: string): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api') // 70 MB of library, for those who have a study
  mkdirSync(folder, { recursive: true })
  const path = join(folder, DATABASE)
  if (isOpenHere(path))
    throw new StudyError(
      'STUDY_IN_USE',
      `The study '${folder}' is held by another thread of this process.`,
      'Open it in one thread.',
    )
  const create = (file: string, more = {}) => DuckDBInstance.create(file, { ...OPTIONS, ...more })
  if (!existsSync(path)) {
    // DuckDB makes a file by and by; half of one would be no database.
    const part = `${path}.part`
    rmSync(part, { force: true })
    ;(await create(part)).closeSync()
    renameSync(part, path)
    syncFolder(folder)
  }
  if (isCheckpointOpen(folder)) {
    await requireUnused(() => create(path, { access_mode: 'READ_ONLY' }))
    undoCheckpoint(folder)
  }
  const instance = await create(path).catch((error: unknown) => {
    if (!/replaying WAL/.test(String(error)) || !cutUnsynced(folder)) throw error
    return create(path)
  })
  const connection = await instance.connect()
  await connection.run('PRAGMA disable_checkpoint_on_shutdown')
  connection.closeSync()
  if (logSize(folder) === 0) markLog(folder)
  try {
    writeFileSync(
      join(folder, HOLDER),
      `process ${process.pid} on ${hostname()} since ${new Date().toISOString()}\n`,
    )
  } catch {
    // It only informs; a full disk is told when something matters.
  }
  return instance
}

/** @throws the error that another process holds the file; whatever else is wrong with it */
async function requireUnused(openIt: () => Promise<DuckDBInstance>): Promise<void> {
  try {
    ;(await openIt()).closeSync()
  } catch (error) {
    if (/set lock on file/.test(String(error))) throw error
  }
}

/** Does this process hold the file, in a worker thread whose modules are others? Known on Linux only. */
function isOpenHere(path: string): boolean {
  try {
    return readdirSync('/proc/self/fd').some((fd) => linkOf(`/proc/self/fd/${fd}`) === path)
  } catch {
    return false
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

function holder(folder: string): string | null {
  try {
    return readFileSync(join(folder, HOLDER), 'utf8').trim()
  } catch {
    return null
  }
}
