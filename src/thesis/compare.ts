import type { PublishedTableId, Table } from '../analysis/index.js'
import { clusterMean, clusters, type Cluster } from '../analysis/clusters.js'
import { bootstrapMean, type Interval } from '../analysis/statistics/bootstrap.js'
import { THESIS_ROWS } from '../analysis/thesis-rows.js'
import { valueOf } from '../analysis/values.js'
import type { SweepRecord } from '../sweep/index.js'
import type { ThesisArm } from './arms.js'
import { ReproducedTable, type ReproducedCell } from './reproduced-table.js'

/** Row of a published table → the metric of the records whose mean it is. */
const METRICS = new Map<string, string>([
  ['response_rate', 'responds'],
  ...Object.values(THESIS_ROWS).flatMap(({ rows }) =>
    rows.map(({ name, metric }) => [name, metric] as const),
  ),
])
/** Metrics that are 0 or 1 in every generation. */
const RATES = new Set(['responds', 'syntactic_correctness', 'function_name_consistency'])
const SAMPLE_SIZE = 'sample_size'

/** A published table with what the records give for each of its figures. An arm without records has none. */
export function compareToPublished(
  published: Table,
  records: readonly SweepRecord[],
  arms: readonly ThesisArm[],
  note: string,
): ReproducedTable {
  return new ReproducedTable({
    id: published.id as PublishedTableId,
    caption: published.caption.replace(/, as published$/, ''),
    note,
    rows: published.rows.map(({ name, label, values, decimals = 4 }) => ({
      name,
      label,
      decimals,
      cells: arms.map((arm) => {
        const figure = values[published.arms.indexOf(arm.published)]!
        const ofArm = records.filter((record) => record.arm === arm.measured)
        return name === SAMPLE_SIZE
          ? sizeCell(arm, figure, ofArm)
          : meanCell(arm, figure, ofArm, METRICS.get(name)!)
      }),
    })),
  })
}

function sizeCell(arm: ThesisArm, published: number, records: readonly SweepRecord[]): ReproducedCell {
  const measured = records.length
  const difference = measured - published
  return { arm, published, measured, difference, count: measured, interval: null, agrees: null }
}

function meanCell(
  arm: ThesisArm,
  published: number,
  records: readonly SweepRecord[],
  metric: string,
): ReproducedCell {
  // In a fixed order, so that resamples do not depend on which problem was finished first.
  const sorted = [...records].sort((a, b) => a.taskId - b.taskId || a.sample - b.sample)
  const perProblem = clusters(sorted.map((record) => [record.taskId, valueOf(record, metric)] as const))
  const measured = clusterMean(perProblem)
  const interval = (RATES.has(metric) ? allAlike(perProblem) : null) ?? bootstrapMean(perProblem)
  return {
    arm,
    published,
    measured,
    difference: measured === null ? null : measured - published,
    count: perProblem.reduce((sum, { count }) => sum + count, 0),
    interval,
    agrees: interval && interval[0] <= published && published <= interval[1],
  }
}

/**
 * The exact binomial interval (Clopper and Pearson 1934) where all values are 0 or all are 1: a bootstrap of what is all
 * alike has no width. `null` elsewhere.
 */
function allAlike(perProblem: readonly Cluster[]): Interval | null {
  const n = perProblem.length
  if (n < 2) return null
  const bound = 0.025 ** (1 / n)
  if (perProblem.every(({ sum, count }) => sum === count)) return [bound, 1]
  return perProblem.every(({ sum }) => sum === 0) ? [0, 1 - bound] : null
}
