import { parquetWriteBuffer } from 'hyparquet-writer'
import { columnsOf, type Column, type DataSource } from './columns.js'
import { linesToCSV } from './render/to-csv.js'

/**
 * Records or a danfojs frame as CSV (RFC 4180: CRLF, quoted where needed), every digit kept. Of records every column of
 * {@link toFrame}, and `text` and `context`. A null is an empty field, an empty string is `""`; pyarrow and
 * Python's csv module (from 3.13 on, with `QUOTE_NOTNULL`) tell them apart, DuckDB with `allow_quoted_nulls = false`.
 *
 * @throws AnalysisError `NO_RECORDS`, `DUPLICATE_RECORD`; `INVALID_ARGUMENT` for a column of mixed types.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs'
 * writeFileSync('sweep.csv', toCSV(sweep.records))
 * ```
 */
export function toCSV(source: DataSource): string {
  const columns = columnsOf(source)
  const length = columns[0]?.values.length ?? 0
  return linesToCSV([
    columns.map((column) => column.name),
    ...Array.from({ length }, (_, row) => columns.map((column) => column.values[row]!)),
  ])
}

const PARQUET = { integer: 'INT64', number: 'DOUBLE', boolean: 'BOOLEAN', string: 'STRING' } as const

/**
 * Records or a danfojs frame as the bytes of a Parquet file (snappy), with the columns of {@link toCSV}: whole numbers
 * are INT64, fractions DOUBLE, all columns nullable.
 *
 * @throws AnalysisError `NO_RECORDS`, `DUPLICATE_RECORD`; `INVALID_ARGUMENT` for a column of mixed types.
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs'
 * writeFileSync('sweep.parquet', toParquet(sweep.records))
 * // Python: polars.read_parquet('sweep.parquet')
 * ```
 */
export function toParquet(source: DataSource): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: columnsOf(source).map((column) => ({
      name: column.name,
      type: PARQUET[column.type],
      data: parquetValues(column),
    })),
    createdBy: 'nir-lab',
  })
  return new Uint8Array(buffer)
}

const parquetValues = ({ type, values }: Column) =>
  type === 'integer' ? values.map((value) => (value === null ? null : BigInt(value))) : [...values]
