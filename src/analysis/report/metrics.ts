import type { SweepRecord } from '../../sweep/record.js'
import { valueOf } from '../values.js'

/** What a report looks at, from the question of most interest down. */
const METRICS = ['passed', 'parses', 'cyclomatic_complexity', 'lines'] as const

/** Those of them that were measured at all. */
export function reportMetrics(records: readonly SweepRecord[]): string[] {
  return METRICS.filter((metric) => records.some((record) => valueOf(record, metric) !== null))
}
