import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from './database.js'
import { StudyError } from './errors.js'
import { TABLES } from './schema.js'

/** How tables are written. */
export type ExportFormat = 'parquet' | 'csv'

const FORMATS = {
  parquet: 'FORMAT parquet',
  csv: 'FORMAT csv, HEADER true, FORCE_QUOTE *', // so that an empty text is "" and null is nothing
} as const

/**
 * Writes every table into a folder, a file each, in an order of its own; in `generations` all that is known of one,
 * with a column a metric.
 * @returns the paths.
 * @throws {@link StudyError} `EXPORT_FAILED`.
 */
export async function exportTables(
  database: Database,
  folder: string,
  format: ExportFormat,
): Promise<string[]> {
  if (!Object.hasOwn(FORMATS, format))
    throw new StudyError(
      'EXPORT_FAILED',
      `There is no format '${String(format)}' for tables.`,
      `Choose among: ${Object.keys(FORMATS).join(', ')}.`,
    )
  try {
    return await writeTables(database, folder, format)
  } catch (error) {
    const { message } =
      (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error)
    throw new StudyError(
      'EXPORT_FAILED',
      `The tables cannot be written to '${folder}': ${message.trim().replace(/\.$/, '')}.`,
      'Give a folder that you may write to, on a disk that has space.',
      { cause: error },
    )
  }
}

async function writeTables(database: Database, folder: string, format: ExportFormat): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const paths: string[] = []
  for (const table of TABLES) {
    if (table === 'metrics' || table === 'outcomes') continue // columns of generations
    const query =
      table === 'generations' ? await wideRecords(database) : `SELECT * FROM ${table} ORDER BY ALL`
    const path = join(folder, `${table}.${format}`)
    try {
      await database.run(`COPY (${query}) TO ${quoted(`${path}.part`)} (${FORMATS[format]})`)
      renameSync(`${path}.part`, path)
    } finally {
      rmSync(`${path}.part`, { force: true })
    }
    paths.push(path)
  }
  return paths
}

/** The records with their metrics as columns, in the order in which a generation has them. */
async function wideRecords(database: Database): Promise<string> {
  const lists = await database.rows<{ names: string[] }>(
    'SELECT DISTINCT map_keys(metrics) AS names FROM metrics',
  )
  const names = [...new Set(lists.flatMap((list) => list.names))]
  const columns = names.map((name) => `metrics[${quoted(name)}] AS "${name.replaceAll('"', '""')}"`)
  const select = ['* EXCLUDE (metrics)', ...columns].join(', ')
  return `SELECT ${select} FROM records ORDER BY task_id, sample, layer NULLS FIRST, arm`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
