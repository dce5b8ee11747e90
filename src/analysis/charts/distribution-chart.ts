import { mean, quantileSorted } from 'simple-statistics'
import type { SweepRecord } from '../../sweep/record.js'
import { ORIGINAL_ARM, armsOf } from '../arms.js'
import { ordered } from '../order.js'
import { metricLabel } from '../thesis-rows.js'
import { known, requireMetric, valueOf, type Metric } from '../values.js'
import { countOf, metricTitle } from './axes.js'
import { Figure } from './figure.js'
import { PALETTE } from './palette.js'
import type { BoxTrace } from './traces.js'

/** More values than this in one arm are not drawn one by one. */
const MOST_POINTS = 500

/**
 * How a metric (complexity, lines, effort) is distributed in every arm: a box from quartile to quartile with the
 * median, a dashed line for the mean, whiskers to the last value within 1.5 boxes, and beside it every value. Quartiles
 * are those of {@link describeMetric}. In depth order, `original` last; arms without a value are not drawn.
 *
 * @throws AnalysisError `UNKNOWN_METRIC`, `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * distributionChart(records, 'cyclomatic_complexity')
 * ```
 */
export function distributionChart(records: readonly SweepRecord[], metric: Metric): Figure {
  const sorted = ordered(records)
  requireMetric(sorted, metric)
  const arms = armsOf(sorted).flatMap(({ name }) => {
    const values = known(
      sorted.filter((record) => record.arm === name).map((record) => valueOf(record, metric)),
    ).sort((a, b) => a - b)
    return values.length === 0 ? [] : [{ name, values }]
  })
  const problems = new Set(sorted.map((record) => record.taskId)).size
  return new Figure({
    data: [
      boxes(
        'with injection',
        arms.filter(({ name }) => name !== ORIGINAL_ARM),
        PALETTE.injected,
        PALETTE.injectedBand,
      ),
      boxes(
        'original (no injection)',
        arms.filter(({ name }) => name === ORIGINAL_ARM),
        PALETTE.original,
        PALETTE.originalBand,
      ),
    ].filter(({ x }) => x.length > 0),
    layout: {
      title: {
        text: `${metricLabel(metric)}: distribution by injection depth`,
        subtitle: {
          text: `${countOf(problems, 'problem')}; boxes: quartiles, solid line: median, dashed line: mean`,
        },
      },
      xaxis: { title: { text: 'Arm', standoff: 16 }, type: 'category', showgrid: false, automargin: true },
      yaxis: {
        title: { text: metricTitle(metric, '') },
        gridcolor: PALETTE.grid,
        zeroline: false,
        automargin: true,
      },
      showlegend: false,
      plot_bgcolor: PALETTE.background,
      paper_bgcolor: PALETTE.background,
    },
  })
}

function boxes(
  name: string,
  arms: readonly { name: string; values: number[] }[],
  color: string,
  fillcolor: string,
): BoxTrace {
  const all = arms.map(({ values }) => {
    const [q1, median, q3] = [0.25, 0.5, 0.75].map((at) => quantileSorted(values, at)) as [
      number,
      number,
      number,
    ]
    const reach = 1.5 * (q3 - q1)
    const inside = values.filter((value) => value >= q1 - reach && value <= q3 + reach)
    return { q1, median, q3, mean: mean(values), low: inside[0]!, high: inside.at(-1)! }
  })
  return {
    type: 'box',
    name,
    x: arms.map((arm) => arm.name),
    y: arms.map(({ values }) => (values.length > MOST_POINTS ? [] : values)),
    q1: all.map((box) => box.q1),
    median: all.map((box) => box.median),
    q3: all.map((box) => box.q3),
    lowerfence: all.map((box) => Math.min(box.low, box.q1)),
    upperfence: all.map((box) => Math.max(box.high, box.q3)),
    mean: all.map((box) => box.mean),
    boxpoints: 'all',
    jitter: 0.5,
    pointpos: -1.6,
    fillcolor,
    line: { color, width: 2 },
    marker: { color, size: 4, opacity: 0.5 },
  }
}
