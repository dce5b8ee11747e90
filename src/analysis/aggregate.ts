import type { DataFrame } from 'danfojs-node'
import { max, mean, min, quantile, sampleStandardDeviation, sum } from 'simple-statistics'
import { columnNamed, columnsOf, type Column, type DataSource } from './columns.js'
import { frameOf } from './danfo.js'
import { AnalysisError } from './errors.js'
import { compareRows } from './sort-rows.js'

type Summary = 'mean' | 'sd' | 'min' | 'q25' | 'median' | 'q75' | 'max' | 'sum'

const STATISTICS: Readonly<Record<Summary, (values: number[]) => number | null>> = {
  mean,
  sd: (values) => (values.length < 2 ? null : sampleStandardDeviation(values)),
  min,
  q25: (values) => quantile(values, 0.25),
  median: (values) => quantile(values, 0.5),
  q75: (values) => quantile(values, 0.75),
  max,
  sum,
}

/** What {@link aggregate} computes of a group: `'n'`, the number of values that are not null, `'mean'`, `'sd'`, `'min'`, `'q25'`,
 * `'median'`, `'q75'`, `'max'` or `'sum'` of them. */
export type Statistic = 'n' | Summary

/** Options of {@link aggregate}. */
export interface AggregateOptions {
  /** Columns to aggregate. Default: all of numbers and of booleans (true is 1) that are not grouped by. */
  readonly columns?: readonly string[]
  /** Default `['n', 'mean', 'sd']`. */
  readonly statistics?: readonly Statistic[]
}

/**
 * Records or a danfojs frame, grouped and summed up: a row a group, in order of the keys; the columns of `by`, then
 * `lines_n, lines_mean, lines_sd, …`. Nulls are skipped (a group of nulls has `n` 0 and null for the rest), groups are
 * told apart by value and type, all is computed in double precision, the deviation of one value is null. danfojs' own
 * `groupby` and `describe` do none of that.
 *
 * @param by columns to group by; `[]`: one group of all rows
 * @throws AnalysisError `INVALID_ARGUMENT` for an unknown column or statistic, or a column of strings; `NO_RECORDS`,
 * `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * aggregate(sweep.records, ['arm', 'outcome'], { columns: ['lines'], statistics: ['n', 'median'] })
 * ```
 */
export function aggregate(
  source: DataSource,
  by: readonly string[],
  options: AggregateOptions = {},
): DataFrame {
  const all = columnsOf(source)
  const keys = by.map((name) => columnNamed(all, name))
  const columns = options.columns
    ? options.columns.map((name) => ofNumbers(columnNamed(all, name)))
    : all.filter((column) => column.type !== 'string' && !by.includes(column.name))
  const statistics = options.statistics ?? ['n', 'mean', 'sd']
  for (const statistic of statistics)
    if (statistic !== 'n' && !Object.hasOwn(STATISTICS, statistic))
      throw new AnalysisError(
        'INVALID_ARGUMENT',
        `There is no statistic ${JSON.stringify(statistic)}.`,
        `Choose among: n, ${Object.keys(STATISTICS).join(', ')}.`,
      )
  const groups = groupRows(keys, all[0]?.values.length ?? 0)
  return frameOf([
    ...keys.map((key) => ({ ...key, values: groups.map(([first]) => key.values[first!]!) })),
    ...columns.flatMap((column) => {
      const values = groups.map((rows) =>
        rows.flatMap((row) => {
          const value = column.values[row]!
          return value === null ? [] : [Number(value)]
        }),
      )
      return statistics.map((statistic): Column => ({
        name: `${column.name}_${statistic}`,
        type: statistic === 'n' ? 'integer' : 'number',
        values: values.map((group) => {
          if (statistic === 'n') return group.length
          return group.length === 0 ? null : STATISTICS[statistic](group)
        }),
      }))
    }),
  ])
}

/** Row numbers by group, groups in order of their keys. */
function groupRows(keys: readonly Column[], length: number): number[][] {
  const groups = new Map<string, number[]>()
  for (let row = 0; row < length; row++) {
    // With the type, so that null is not "null", and as JSON, so that no separator can be part of a key.
    const key = JSON.stringify(keys.map(({ values }) => [typeof values[row], String(values[row])]))
    const rows = groups.get(key)
    if (rows) rows.push(row)
    else groups.set(key, [row])
  }
  return [...groups.values()].sort(([a], [b]) => compareRows(keys, a!, b!))
}

function ofNumbers(column: Column): Column {
  if (column.type !== 'string') return column
  throw new AnalysisError(
    'INVALID_ARGUMENT',
    `The column "${column.name}" holds strings.`,
    'Group by it, or choose columns of numbers or booleans.',
  )
}
