import type { SweepRecord } from '../../sweep/record.js'
import { isDepth, ORIGINAL_ARM } from '../arms.js'
import { compareToOriginal } from '../compare-to-original.js'
import type { ComparisonRow } from '../comparison.js'
import { ordered } from '../order.js'
import { formatP, percent, short } from '../render/numbers.js'
import type { BootstrapOptions, Interval } from '../statistics/bootstrap.js'
import { SIGNIFICANCE } from '../statistics/levels.js'
import { metricLabel } from '../thesis-rows.js'
import { isRate, requireMetric, type Metric } from '../values.js'
import { countOf, metricTitle } from './axes.js'
import { armPoints, band, type ArmPoint } from './arm-points.js'
import { Figure } from './figure.js'
import { PALETTE } from './palette.js'
import type { ScatterTrace } from './traces.js'

/** Up to this many depths, each is named on the axis. */
const MOST_TICKS = 16

/**
 * The mean of a metric or rate over injection depth, with its 95 % bootstrap interval over problems as a band;
 * the original arm is a dashed line with a band of its own. A filled marker differs from the original: paired
 * test, p < 0.05 after Holm over all depths ({@link compareToOriginal}; bands alone ignore the pairing, and may
 * overlap where the paired difference is clear). Hovering shows the figures.
 *
 * Arms without a single injection layer are not drawn, nor arms where the metric is never defined.
 *
 * @throws AnalysisError `UNKNOWN_METRIC`, `NO_RECORDS`, `DUPLICATE_RECORD`, `INVALID_ARGUMENT`.
 * @example
 * ```ts
 * depthChart(records, 'passed') // the last expression of a notebook cell
 * ```
 */
export function depthChart(
  records: readonly SweepRecord[],
  metric: Metric,
  options: BootstrapOptions = {},
): Figure {
  const sorted = ordered(records)
  requireMetric(sorted, metric)
  const points = armPoints(sorted, metric, options)
  const depths = points.filter(isDepth)
  const original = points.find((point) => point.arm === ORIGINAL_ARM)
  const hasOriginal = sorted.some((record) => record.arm === ORIGINAL_ARM)
  const comparisons = new Map(
    hasOriginal ? compareToOriginal(sorted, metric, options).rows.map((row) => [row.arm, row]) : [],
  )
  const layers = depths.map((point) => point.layer)
  const range: [number, number] =
    layers.length > 0 ? [Math.min(...layers) - 0.5, Math.max(...layers) + 0.5] : [-0.5, 0.5]
  const problems = new Set(sorted.map((record) => record.taskId)).size
  const label = metricLabel(metric)
  const rate = isRate(metric)

  return new Figure({
    data: [
      ...(original ? originalTraces(original, range, rate) : []),
      ...band(
        layers,
        depths.map((point) => point.interval),
        PALETTE.injectedBand,
        'injected',
      ),
      {
        type: 'scatter',
        mode: 'lines+markers',
        name: hasOriginal ? 'with injection (filled: differs from the original)' : 'with injection',
        legendgroup: 'injected',
        x: layers,
        y: depths.map((point) => point.mean),
        text: depths.map((point) => hoverText(point, comparisons.get(point.arm), rate)),
        hovertemplate: '%{text}<extra></extra>',
        line: { color: PALETTE.injected, width: 2 },
        marker: {
          size: 9,
          color: depths.map((point) =>
            (comparisons.get(point.arm)?.adjustedPValue ?? 1) < SIGNIFICANCE
              ? PALETTE.injected
              : PALETTE.background,
          ),
          line: { color: PALETTE.injected, width: 2 },
        },
      },
    ],
    layout: {
      title: {
        text: `${label} over injection depth`,
        subtitle: {
          text: `${countOf(problems, 'problem')}; bands: 95 % bootstrap intervals`,
        },
      },
      xaxis: {
        title: { text: 'Injection layer (0 = the first decoder layer)' },
        range,
        showgrid: false,
        zeroline: false,
        ...(layers.length <= MOST_TICKS ? { tickmode: 'array' as const, tickvals: layers } : {}),
      },
      yaxis: {
        title: { text: metricTitle(metric) },
        gridcolor: PALETTE.grid,
        zeroline: false,
        automargin: true,
        ...(rate ? { range: [-0.02, 1.02] as [number, number], tickformat: '.0%' } : {}),
      },
      hovermode: 'closest',
      legend: { orientation: 'h', x: 0, y: -0.2, yanchor: 'top' },
      plot_bgcolor: PALETTE.background,
      paper_bgcolor: PALETTE.background,
    },
  })
}

function originalTraces(original: ArmPoint, range: [number, number], rate: boolean): ScatterTrace[] {
  // Three points, so that the line can be hovered in the middle as well.
  const x = [range[0], (range[0] + range[1]) / 2, range[1]]
  return [
    ...band(
      range,
      range.map(() => original.interval),
      PALETTE.originalBand,
      'original',
    ),
    {
      type: 'scatter',
      mode: 'lines',
      name: 'original (no injection)',
      legendgroup: 'original',
      x,
      y: x.map(() => original.mean),
      text: x.map(() => hoverText(original, undefined, rate)),
      hovertemplate: '%{text}<extra></extra>',
      line: { color: PALETTE.original, width: 2, dash: 'dash' },
    },
  ]
}

function hoverText(point: ArmPoint, comparison: ComparisonRow | undefined, rate: boolean): string {
  const show = rate ? percent : short
  const range = (interval: Interval | null, signed: boolean) =>
    interval ? ` [${show(interval[0], signed)}, ${show(interval[1], signed)}]` : ''
  const lines = [
    `<b>${point.arm}</b>`,
    `mean ${show(point.mean)}${range(point.interval, false)}`,
    `${point.count} of ${point.rows} generations`,
  ]
  if (comparison && comparison.difference !== null) {
    const { difference, interval, adjustedPValue } = comparison
    lines.push(`vs original ${show(difference, true)}${range(interval, true)}`)
    lines.push(`p (Holm) ${formatP(adjustedPValue)}`)
  }
  return lines.join('<br>')
}
