import { max, mean, min, quantile, sampleStandardDeviation } from 'simple-statistics'
import type { SweepRecord } from '../sweep/record.js'
import { armsOf } from './arms.js'
import { ordered } from './order.js'
import { Table } from './table.js'
import { metricLabel } from './thesis-rows.js'
import { known, requireMetric, valueOf, type Metric } from './values.js'

const STATISTICS: readonly {
  readonly name: string
  readonly label: string
  readonly of: (values: number[]) => number | null
}[] = [
  { name: 'mean', label: 'Mean', of: mean },
  {
    name: 'sd',
    label: 'Standard deviation',
    of: (values) => (values.length < 2 ? null : sampleStandardDeviation(values)),
  },
  { name: 'min', label: 'Minimum', of: min },
  { name: 'q25', label: 'Lower quartile', of: (values) => quantile(values, 0.25) },
  { name: 'median', label: 'Median', of: (values) => quantile(values, 0.5) },
  { name: 'q75', label: 'Upper quartile', of: (values) => quantile(values, 0.75) },
  { name: 'max', label: 'Maximum', of: max },
]

/**
 * Mean, sample standard deviation, extremes and quartiles (linear interpolation, numpy's default) of a metric
 * in every arm, over the generations where it is defined. The deviation of a single value is null.
 *
 * @throws AnalysisError `UNKNOWN_METRIC`, `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * describeMetric(records, 'lines').toText()
 * ```
 */
export function describeMetric(records: readonly SweepRecord[], metric: Metric): Table {
  const sorted = ordered(records)
  requireMetric(sorted, metric)
  const arms = armsOf(sorted).map((arm) => arm.name)
  const cells = arms.map((arm) =>
    known(sorted.filter((record) => record.arm === arm).map((record) => valueOf(record, metric))),
  )
  return new Table({
    id: `describe_${metric}`,
    caption: metricLabel(metric),
    arms,
    rows: STATISTICS.map(({ name, label, of }) => ({
      name,
      label,
      values: cells.map((values) => (values.length === 0 ? null : of(values))),
      counts: cells.map((values) => values.length),
    })),
  })
}
