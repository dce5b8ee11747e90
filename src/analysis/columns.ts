import type { DataFrame } from 'danfojs-node'
import type { SweepRecord } from '../sweep/record.js'
import { AnalysisError } from './errors.js'
import { recordColumns } from './record-columns.js'

/** A value of a column; `null` is not known or undefined. */
export type ColumnValue = number | string | boolean | null

/** A column of a frame or file: its name, its type said out loud, and the values. */
export interface Column {
  readonly name: string
  /** `integer`: whole numbers; `number`: doubles. */
  readonly type: 'integer' | 'number' | 'boolean' | 'string'
  readonly values: readonly ColumnValue[]
}

/** What can be sorted, aggregated and written: records, or a danfojs DataFrame. */
export type DataSource = readonly SweepRecord[] | DataFrame

/**
 * The columns of records (with the generated and the context text) or of a frame. Of a frame's dtypes only those are
 * believed that its values bear out: danfojs guesses `int32` from the first rows.
 *
 * @throws AnalysisError `NO_RECORDS`, `DUPLICATE_RECORD`; `INVALID_ARGUMENT` for a column of mixed types.
 */
export function columnsOf(source: DataSource): Column[] {
  if (isRecords(source)) return recordColumns(source, { texts: true })
  const rows = source.values as unknown[][]
  return source.columns.map((name: unknown, at: number) =>
    frameColumn(
      String(name),
      rows.map((row) => (Array.isArray(row) ? row[at] : row)),
      source.dtypes[at],
    ),
  )
}

const isRecords = (source: DataSource): source is readonly SweepRecord[] => Array.isArray(source)

const KINDS = ['number', 'string', 'boolean']

function frameColumn(name: string, raw: readonly unknown[], dtype: string | undefined): Column {
  const values = raw.map((value) => value ?? null)
  const types = new Set<string>(values.filter((value) => value !== null).map((value) => typeof value))
  if (types.size > 1 || [...types].some((type) => !KINDS.includes(type)))
    throw new AnalysisError(
      'INVALID_ARGUMENT',
      `The column "${name}" holds ${[...types].join(' and ')}; expected numbers, strings or booleans, and nulls.`,
      'Make its values of one type.',
    )
  return { name, type: columnType(types, dtype, values), values: values as ColumnValue[] }
}

function columnType(
  types: ReadonlySet<string>,
  dtype: string | undefined,
  values: readonly unknown[],
): Column['type'] {
  const [type] = types
  if (type === 'string' || type === 'boolean') return type
  if (type === undefined && (dtype === 'string' || dtype === 'boolean')) return dtype
  const whole = values.every((value) => value === null || Number.isSafeInteger(value))
  return dtype === 'int32' && whole ? 'integer' : 'number'
}

/** The column of a name. @throws AnalysisError `INVALID_ARGUMENT`, listing the names there are. */
export function columnNamed(columns: readonly Column[], name: string): Column {
  const found = columns.find((column) => column.name === name)
  if (found) return found
  throw new AnalysisError(
    'INVALID_ARGUMENT',
    `There is no column "${name}".`,
    `Choose among: ${columns.map((column) => column.name).join(', ')}.`,
  )
}
