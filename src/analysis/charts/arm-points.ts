import type { SweepRecord } from '../../sweep/record.js'
import { armsOf } from '../arms.js'
import { clusterMean, clusters } from '../clusters.js'
import { bootstrapMean, type BootstrapOptions, type Interval } from '../statistics/bootstrap.js'
import { valueOf } from '../values.js'
import type { ScatterTrace } from './traces.js'

/** The mean of one arm. */
export interface ArmPoint {
  readonly arm: string
  readonly layer: number | null
  readonly mean: number
  readonly interval: Interval | null
  readonly count: number
  readonly rows: number
}

/** The means of all arms where the metric is defined, in depth order. */
export function armPoints(
  sorted: readonly SweepRecord[],
  metric: string,
  options: BootstrapOptions,
): ArmPoint[] {
  return armsOf(sorted).flatMap(({ name, layer }): ArmPoint[] => {
    const rows = sorted.filter((record) => record.arm === name)
    const perProblem = clusters(rows.map((record) => [record.taskId, valueOf(record, metric)] as const))
    const mean = clusterMean(perProblem)
    if (mean === null) return []
    const count = perProblem.reduce((sum, cluster) => sum + cluster.count, 0)
    const interval = bootstrapMean(perProblem, options)
    return [{ arm: name, layer, mean, interval, count, rows: rows.length }]
  })
}

/** The area between lower and upper bounds; points without an interval are left out of it. */
export function band(
  x: readonly number[],
  intervals: readonly (Interval | null)[],
  color: string,
  legendgroup: string,
): ScatterTrace[] {
  const found = x.flatMap((at, i) => {
    const interval = intervals[i]
    return interval ? [{ at, lower: interval[0], upper: interval[1] }] : []
  })
  if (found.length === 0) return []
  // A single depth gets a box around it, since an area needs two points.
  const bounds =
    found.length > 1
      ? found
      : [-0.25, 0.25].flatMap((by) => found.map((one) => ({ ...one, at: one.at + by })))
  const back = [...bounds].reverse()
  return [
    {
      type: 'scatter',
      mode: 'lines',
      name: '95 % interval',
      legendgroup,
      showlegend: false,
      hoverinfo: 'skip',
      x: [...bounds.map(({ at }) => at), ...back.map(({ at }) => at)],
      y: [...bounds.map(({ upper }) => upper), ...back.map(({ lower }) => lower)],
      fill: 'toself',
      fillcolor: color,
      line: { width: 0 },
    },
  ]
}
