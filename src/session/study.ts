import type { DataFrame } from 'danfojs-node'
import { frameOf } from '../analysis/danfo.js'
import { toFrame, type StudyReport } from '../analysis/index.js'
import type { Crv } from '../engine/index.js'
import { createEvaluator, type EvaluatorOptions } from '../evaluation/index.js'
import {
  exportTables,
  mergeStudy,
  readCrv,
  readRecords,
  remeasure,
  StudyError,
  StudyStore,
  TABLES,
  type ExportFormat,
  type MergeSummary,
  type StudySettings,
  type SweepRecord,
  type TableName,
} from '../sweep/index.js'
import { resultColumns } from './result-columns.js'
import { studyReport } from './study-report.js'
import { Sweep } from './sweep.js'

/**
 * Opens a study that `nir.sweep({ …, study: path })` made. While it is open no other process can open it; a sweep of
 * this process can go on in it.
 * @throws {@link StudyError} `NOT_A_STUDY`, `STUDY_IN_USE` (with who holds it), `STUDY_NEWER`, `STUDY_CORRUPT`.
 * @example
 * const study = await openStudy('runs/depths')
 * await study.sql`SELECT arm, avg(passed::INT) AS passed FROM records WHERE layer < ${6} GROUP BY arm`
 * await study.close()
 */
export async function openStudy(path: string): Promise<Study> {
  return new Study(await StudyStore.open(path))
}

/** A stored sweep: settings, problems, thinking, generations, what was measured on them. See {@link openStudy}. */
export class Study {
  readonly #store: StudyStore

  /** @internal */
  constructor(store: StudyStore) {
    this.#store = store
  }

  /**
   * Absolute path.
   * @example
   * study.folder
   */
  get folder(): string {
    return this.#store.database.folder
  }

  /**
   * What all its work has in common.
   * @example
   * study.settings
   */
  get settings(): StudySettings {
    return this.#store.settings
  }

  /**
   * A record a generation, by problem, sample and depth.
   * @example
   * const records = await study.records()
   */
  records(): Promise<SweepRecord[]> {
    return readRecords(this.#store.database)
  }

  /**
   * What is stored as a {@link Sweep}, with its tables and charts.
   * @example
   * (await study.sweep()).chart('passed')
   */
  async sweep(): Promise<Sweep> {
    return new Sweep(await this.records())
  }

  /**
   * A table as a danfojs DataFrame; `'generations'` (default) as {@link Sweep.frame} gives it, with a column a metric.
   * @throws {@link StudyError} `UNKNOWN_TABLE`; {@link AnalysisError} `NO_RECORDS`.
   * @example
   * await study.frame('thinking')
   */
  async frame(table: TableName = 'generations'): Promise<DataFrame> {
    if (table === 'generations') return toFrame(await this.records())
    if (!TABLES.includes(table))
      throw new StudyError(
        'UNKNOWN_TABLE',
        `A study has no table '${String(table)}'.`,
        `Choose among: ${TABLES.join(', ')}.`,
      )
    return frameOf(resultColumns(await this.#store.database.query(`SELECT * FROM ${table}`)))
  }

  /**
   * Runs a query of DuckDB's SQL over the tables (see `docs/decisions/study-store.md`) and the view `records`. What
   * stands in `${}` is bound as a parameter, never pasted. A query reads: it cannot change the study.
   * @returns a row an object; whole numbers as numbers, maps as objects.
   * @throws {@link StudyError} `SQL_FAILED`, with what DuckDB says.
   * @example
   * await study.sql`SELECT arm, avg(passed::INT) AS passed FROM records WHERE layer < ${6} GROUP BY arm`
   */
  async sql<Row = Record<string, unknown>>(
    query: TemplateStringsArray,
    ...values: readonly (string | number | boolean | bigint | null)[]
  ): Promise<Row[]> {
    values.forEach(requireBindable)
    const text = query.reduce((before, part, index) => `${before}$${index}${part}`)
    try {
      return (await this.#store.database.ask(text, values)).rows as Row[]
    } catch (error) {
      throw error instanceof StudyError ? error : queryError(error as Error)
    }
  }

  /**
   * The hidden states that a sweep with `keepCrvs` kept of a problem and sample: all layers that are there.
   * @throws {@link StudyError} `CRV_NOT_KEPT`, `CRV_DAMAGED` where its file is missing or was changed.
   * @example
   * const crv = await study.crv(11)
   * crv.at(crv.layers[0])
   */
  crv(taskId: number, sample = 0): Promise<Crv> {
    return readCrv(this.#store.database, taskId, sample)
  }

  /**
   * A report on what is stored: text, or a page that needs nothing else. See {@link StudyReport}.
   * @throws {@link AnalysisError} `NO_RECORDS`.
   * @example
   * const page = (await study.report()).toHTML()
   */
  report(): Promise<StudyReport> {
    return studyReport(this.#store)
  }

  /**
   * Writes the tables into a folder, a file each, sorted; `generations` has all that is known of one, with texts and a
   * column a metric.
   * @returns the files' paths.
   * @throws {@link StudyError} `EXPORT_FAILED`.
   * @example
   * await study.export('tables', 'csv')
   */
  export(folder: string, format: ExportFormat = 'parquet'): Promise<string[]> {
    return exportTables(this.#store.database, folder, format)
  }

  /**
   * Brings over the work of another study that this one does not have, in one transaction.
   * @throws {@link StudyError} `STUDY_DIFFERS`, saying in what, for one of other settings, problems or arms.
   * @example
   * await study.merge('runs/depths-other-machine')
   */
  merge(path: string): Promise<MergeSummary> {
    return mergeStudy(this.#store, path)
  }

  /**
   * Measures and tests what is stored again, for example after the metrics were changed; nothing is generated. A problem
   * is a transaction. Outcomes stay where no tests can be run here. A sweep that goes on in the study measures by the
   * thesis' definitions, whatever was asked for here.
   * @returns how many generations.
   * @throws {@link StudyError} `CANNOT_MEASURE` where nothing parses Python.
   * @example
   * await study.remeasure({ definitions: 'standard' })
   */
  async remeasure(options: EvaluatorOptions & { readonly signal?: AbortSignal } = {}): Promise<number> {
    const { signal, ...rest } = options
    const evaluator = await createEvaluator(rest)
    try {
      return await remeasure(this.#store.database, evaluator, signal)
    } finally {
      await evaluator.close()
    }
  }

  /**
   * Lets go of the study. Safe to call twice.
   * @example
   * await study.close()
   */
  close(): Promise<void> {
    return this.#store.close()
  }
}

function requireBindable(value: unknown, index: number): void {
  if (value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value)) return
  const kind = Array.isArray(value) ? 'a list' : value === undefined ? 'undefined' : `a ${typeName(value)}`
  throw new StudyError(
    'SQL_FAILED',
    `Value ${index + 1} of the query is ${kind}; expected text, a number, a boolean, a bigint or null.`,
    'Bind the parts of a list one by one, and a date as text: CAST(${text} AS TIMESTAMP).',
  )
}

const typeName = (value: unknown) => (value as object).constructor?.name ?? typeof value

function queryError(error: Error): StudyError {
  const said = error.message.trim()
  if (said.includes('read-only mode'))
    return new StudyError(
      'SQL_FAILED',
      'A query cannot change a study.',
      "Take the tables along with study.export('tables') to change them there.",
      { cause: error },
    )
  return new StudyError(
    'SQL_FAILED',
    `DuckDB refused the query: ${said}${said.includes('\n') ? '\n' : '.'}`,
    `There are the tables ${TABLES.join(', ')} and the view records.`,
    { cause: error },
  )
}
