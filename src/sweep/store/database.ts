import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api'
import { appendRows } from './append-rows.js'
import { checkpoint } from './checkpoint.js'
import { StudyError, studyError } from './errors.js'
import { closeFile, DATABASE, holder, openFile, type OpenFile } from './instance.js'
import { logSize, markLog } from './log.js'
import type { Row, Value } from './rows.js'
import { plainRow } from './values.js'

/** One DuckDB a file and process: DuckDB locks a file against other processes, not against its own. */
interface Shared {
  readonly file: Promise<OpenFile>
  users: number
  /** Is the log a file whose name may not be on the disk yet? */
  isLogNew: boolean
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
    const shared = open.get(folder) ?? { file: openFile(folder), users: 0, isLogNew: true }
    open.set(folder, shared)
    shared.users++ // at once, so that nobody closes it meanwhile
    try {
      return new Database(folder, await (await shared.file).instance.connect())
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
    return query(this.connection, sql, values)
  }

  /**
   * What a query of the user's gives, on a connection of its own and in a read-only transaction: it leaves what is stored as
   * it is, and sees nothing that is not committed.
   */
  async ask(sql: string, values: readonly unknown[]): Promise<Result> {
    this.#requireOpen()
    const { instance } = await this.#shared.file
    const connection = await instance.connect()
    try {
      await connection.run('BEGIN TRANSACTION READ ONLY')
      return await query(connection, sql, values)
    } finally {
      connection.closeSync()
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
    const { isReadOnly } = await this.#shared.file
    if (this.#shared.users === 1 && logSize(this.#path) > 0 && !isReadOnly) await this.#checkpoint()
    this.connection.closeSync()
    await release(this.folder, this.#shared)
  }

  /** What a commit leaves to do: its log has a name, and shall not grow for ever. */
  async #afterCommit(): Promise<void> {
    try {
      this.#markLog()
    } catch (error) {
      throw new Error(`Could not sync the folder: ${(error as Error).message}`, { cause: error })
    }
    if (logSize(this.#path) > this.logLimit) await this.#checkpoint()
  }

  async #checkpoint(): Promise<void> {
    try {
      this.#shared.isLogNew = true
      const { descriptor } = await this.#shared.file
      await checkpoint(this.connection, this.#path, descriptor)
      this.#markLog()
    } catch {
      // What is in the log stays there; if the disk is full, the next commit says so.
    }
  }

  #markLog(): void {
    markLog(this.#path, this.#shared.isLogNew)
    this.#shared.isLogNew = logSize(this.#path) === 0
  }

  get #shared(): Shared {
    return open.get(this.folder)!
  }

  get #path(): string {
    return join(this.folder, DATABASE)
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

async function query(connection: DuckDBConnection, sql: string, values: readonly unknown[]): Promise<Result> {
  const reader = await connection.runAndReadAll(sql, values as DuckDBValue[])
  const names = reader.deduplicatedColumnNames()
  const types = reader.columnTypes()
  return {
    columns: names.map((name, index) => ({ name, type: String(types[index]) })),
    rows: reader.getRowObjectsJS().map(plainRow),
  }
}

async function release(folder: string, shared: Shared): Promise<void> {
  if (--shared.users > 0) return
  open.delete(folder)
  closeFile(await shared.file, folder)
}
