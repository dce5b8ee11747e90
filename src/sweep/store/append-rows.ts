import { createRequire } from 'node:module'
import type * as DuckDB from '@duckdb/node-api'
import type { DuckDBAppender, DuckDBValue } from '@duckdb/node-api'
import type { Row } from './rows.js'

/** Appends rows to a table, each value in the type of its column. */
export function appendRows(appender: DuckDBAppender, rows: readonly Row[]): void {
  const types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index))
  const names = types.map(String)
  for (let start = 0; start < rows.length; start += CHUNK) {
    const chunk = duckdb().DuckDBDataChunk.create(types)
    chunk.setRows(
      rows
        .slice(start, start + CHUNK)
        .map((row) => row.map((value, index) => (value === null ? null : asDuckDB(value, names[index]!)))),
    )
    appender.appendDataChunk(chunk)
  }
}

/** Rows that DuckDB takes at once: a vector's length. */
const CHUNK = 2048

function asDuckDB(value: Exclude<Row[number], null>, type: string): DuckDBValue {
  const { listValue, mapValue } = duckdb()
  if (type.startsWith('MAP'))
    return mapValue(Object.entries(value).map(([key, one]) => ({ key, value: one as number | null })))
  if (Array.isArray(value)) return listValue(value as string[])
  return typeof value === 'number' && type === 'BIGINT' ? BigInt(value) : (value as DuckDBValue)
}

const require = createRequire(import.meta.url)
let loaded: typeof DuckDB | undefined

/** In memory by then: an appender is there. Asked once, since a look-up for every value would take most of the time. */
const duckdb = () => (loaded ??= require('@duckdb/node-api') as typeof DuckDB)
