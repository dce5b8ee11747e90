import type { SweepRecord } from '../../sweep/record.js'
import { armsOf } from '../arms.js'
import { clusters } from '../clusters.js'
import { ordered } from '../order.js'
import { percent, short } from '../render/numbers.js'
import { metricLabel } from '../thesis-rows.js'
import { isRate, requireMetric, valueOf, type Metric } from '../values.js'
import { countOf, metricTitle } from './axes.js'
import { Figure } from './figure.js'
import { PALETTE } from './palette.js'

/**
 * A metric or rate of every problem (down) in every arm (across, in depth order, `original` last): where does
 * which problem break? Cells are means over samples; undefined values are gaps.
 *
 * @throws AnalysisError `UNKNOWN_METRIC`, `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * problemHeatmap(records, 'parses')
 * ```
 */
export function problemHeatmap(records: readonly SweepRecord[], metric: Metric): Figure {
  const sorted = ordered(records)
  requireMetric(sorted, metric)
  const arms = armsOf(sorted).map((arm) => arm.name)
  const problems = [...new Set(sorted.map((record) => record.taskId))]
  const means = arms.map((arm) => {
    const rows = sorted.filter((record) => record.arm === arm)
    const perProblem = clusters(rows.map((record) => [record.taskId, valueOf(record, metric)] as const))
    return new Map(perProblem.map(({ taskId, sum, count }) => [taskId, sum / count]))
  })
  const z = problems.map((taskId) => means.map((ofArm) => ofArm.get(taskId) ?? null))
  const label = metricLabel(metric)
  const rate = isRate(metric)
  const show = rate ? percent : short
  return new Figure({
    data: [
      {
        type: 'heatmap',
        x: arms,
        y: problems.map((taskId) => `task ${taskId}`),
        z,
        text: z.map((row) => row.map((value) => (value === null ? '' : show(value)))),
        hovertemplate: '<b>%{y}</b>, %{x}<br>%{text}<extra></extra>',
        colorscale: 'Cividis',
        hoverongaps: false,
        xgap: 1,
        ygap: problems.length > 60 ? 0 : 1,
        colorbar: {
          title: { text: metricTitle(metric), side: 'right' },
          ...(rate ? { tickformat: '.0%' } : {}),
        },
        ...(rate ? { zmin: 0, zmax: 1 } : {}),
      },
    ],
    layout: {
      title: {
        text: `${label} by problem and injection depth`,
        subtitle: { text: countOf(problems.length, 'problem') },
      },
      xaxis: { title: { text: 'Arm', standoff: 16 }, type: 'category', showgrid: false, automargin: true },
      yaxis: {
        title: { text: 'Problem', standoff: 16 },
        type: 'category',
        autorange: 'reversed',
        showgrid: false,
        automargin: true,
      },
      height: Math.min(1200, 220 + 16 * problems.length),
      plot_bgcolor: PALETTE.background,
      paper_bgcolor: PALETTE.background,
    },
  })
}
