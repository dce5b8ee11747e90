import type { DataFrame } from 'danfojs-node'
import { columnNamed, columnsOf, type Column, type ColumnValue, type DataSource } from './columns.js'
import { frameOf } from './danfo.js'

/**
 * Records or a danfojs frame, sorted: by the first column, where that is equal by the second, and so on. Stable; nulls
 * come last, strings are compared by code unit. danfojs' own sort takes one column, and seconds for 100,000 rows.
 *
 * @throws AnalysisError `INVALID_ARGUMENT` for an unknown column; `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * sortRows(sweep.frame(), ['lines', 'task_id'], { descending: true }).head()
 * ```
 */
export function sortRows(
  source: DataSource,
  by: readonly string[],
  { descending = false }: { readonly descending?: boolean } = {},
): DataFrame {
  const columns = columnsOf(source)
  const keys = by.map((name) => columnNamed(columns, name))
  const order = Array.from(columns[0]?.values ?? [], (_, row) => row)
  order.sort((a, b) => compareRows(keys, a, b, descending ? -1 : 1))
  return frameOf(columns.map((column) => ({ ...column, values: order.map((row) => column.values[row]!) })))
}

/** Negative where row a comes first. Nulls are last in both directions. */
export function compareRows(keys: readonly Column[], a: number, b: number, sign: 1 | -1 = 1): number {
  for (const { values } of keys) {
    const order = compareValues(values[a]!, values[b]!, sign)
    if (order !== 0) return order
  }
  return 0
}

function compareValues(a: ColumnValue, b: ColumnValue, sign: 1 | -1): number {
  if (Object.is(a, b)) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  // NaN has no order: after the numbers, before null.
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? 1 : -1
  return a < b ? -sign : a > b ? sign : 0
}
