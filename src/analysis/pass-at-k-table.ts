import type { SweepRecord } from '../sweep/record.js'
import { passAtKByArm } from './pass-at-k-by-arm.js'
import type { BootstrapOptions } from './statistics/bootstrap.js'
import { Table } from './table.js'

/**
 * pass@k of every arm as a table: a row for every k, each figure with its 95 % bootstrap interval over problems and
 * the number of problems behind it (those with at least k tested samples). See {@link passAtKByArm}.
 *
 * @throws AnalysisError `INVALID_ARGUMENT`, `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * passAtKTable(records, [1, 5]).toText()
 * ```
 */
export function passAtKTable(
  records: readonly SweepRecord[],
  ks: number | readonly number[],
  options: BootstrapOptions = {},
): Table {
  const byK = (typeof ks === 'number' ? [ks] : ks).map((k) => ({
    k,
    rows: passAtKByArm(records, k, options),
  }))
  return new Table({
    id: 'pass_at_k',
    caption: 'pass@k, unbiased',
    arms: byK[0]?.rows.map((row) => row.arm) ?? [],
    rows: byK.map(({ k, rows }) => ({
      name: `pass_at_${k}`,
      label: `pass@${k}`,
      values: rows.map((row) => row.value),
      intervals: rows.map((row) => row.interval),
      counts: rows.map((row) => row.problems),
    })),
  })
}
