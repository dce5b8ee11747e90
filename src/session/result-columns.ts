import type { Column, ColumnValue } from '../analysis/columns.js'

/** What a query gave. */
interface Result {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

const TYPES: Readonly<Record<string, Column['type']>> = {
  INTEGER: 'integer',
  BIGINT: 'number', // danfojs' whole numbers are 32 bits
  DOUBLE: 'number',
  BOOLEAN: 'boolean',
}

/** The columns of a query; lists and maps become JSON. */
export function resultColumns({ columns, rows }: Result): Column[] {
  return columns.map(({ name, type }) => ({
    name,
    type: TYPES[type] ?? 'string',
    values: rows.map((row) => cell(row[name])),
  }))
}

function cell(value: unknown): ColumnValue {
  if (value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
    return value
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}
