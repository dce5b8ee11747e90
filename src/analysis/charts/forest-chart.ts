import type { SweepRecord } from '../../sweep/record.js'
import { compareToOriginal } from '../compare-to-original.js'
import type { ComparisonRow } from '../comparison.js'
import { formatP, percent, short } from '../render/numbers.js'
import type { BootstrapOptions, Interval } from '../statistics/bootstrap.js'
import { SIGNIFICANCE } from '../statistics/levels.js'
import { metricLabel, metricUnit } from '../thesis-rows.js'
import { isRate, type Metric } from '../values.js'
import { countOf } from './axes.js'
import { Figure } from './figure.js'
import { PALETTE } from './palette.js'
import type { ScatterTrace } from './traces.js'

/** An arm, and its line from the top. */
type Shown = ComparisonRow & { readonly difference: number; readonly line: number }

/**
 * The mean paired difference of every arm to the original, a line an arm, with its 95 % paired bootstrap interval: a
 * forest plot. A filled marker differs from the original (paired test, p < 0.05 after Holm), as in
 * {@link compareToOriginal}. The grey ticks on both sides of zero are the smallest differences that this many problems
 * show with a power of 80 %: an open marker between them says little.
 *
 * Differences of rates are in percentage points. Arms without a complete pair are not drawn.
 *
 * @throws AnalysisError `NO_ORIGINAL_ARM`, `UNKNOWN_METRIC`, `NO_RECORDS`, `DUPLICATE_RECORD`, `INVALID_ARGUMENT`.
 * @example
 * ```ts
 * forestChart(records, 'passed')
 * ```
 */
export function forestChart(
  records: readonly SweepRecord[],
  metric: Metric,
  options: BootstrapOptions = {},
): Figure {
  const { rows } = compareToOriginal(records, metric, options)
  const shown = rows
    .flatMap((row) => (row.difference === null ? [] : [{ ...row, difference: row.difference }]))
    .map((row, line): Shown => ({ ...row, line }))
  const rate = isRate(metric)
  const scale = rate ? 100 : 1
  const unit = rate ? 'percentage points' : metricUnit(metric)
  const label = metricLabel(metric)
  const problems = Math.max(0, ...shown.map((row) => row.problems))
  return new Figure({
    data: [
      ...detectableTicks(shown, scale),
      ...(['differs', 'open'] as const).map((kind) => points(shown, kind, rate, scale)),
    ],
    layout: {
      title: {
        text: `${label}: difference to the original`,
        subtitle: {
          text: `${countOf(problems, 'problem')}, paired; bars: 95 % bootstrap intervals; tests after Holm`,
        },
      },
      xaxis: {
        title: { text: `${label}: injected − original${unit ? ` (${unit})` : ''}` },
        zeroline: true,
        zerolinecolor: PALETTE.zero,
        zerolinewidth: 2,
        gridcolor: PALETTE.grid,
        automargin: true,
      },
      yaxis: {
        title: { text: 'Arm', standoff: 16 },
        tickmode: 'array',
        tickvals: shown.map(({ line }) => line),
        ticktext: shown.map(({ arm }) => arm),
        // From the top down, with half a line of room on both sides.
        range: [shown.length - 0.5, -0.5],
        zeroline: false,
        showgrid: false,
        automargin: true,
      },
      height: Math.max(320, 200 + 26 * shown.length),
      hovermode: 'closest',
      legend: { orientation: 'h', x: 0, y: -90 / Math.max(120, 26 * shown.length), yanchor: 'top' },
      plot_bgcolor: PALETTE.background,
      paper_bgcolor: PALETTE.background,
    },
  })
}

const differs = (row: Shown) => (row.adjustedPValue ?? 1) < SIGNIFICANCE

function points(all: readonly Shown[], kind: 'differs' | 'open', rate: boolean, scale: number): ScatterTrace {
  const rows = all.filter((row) => differs(row) === (kind === 'differs'))
  return {
    type: 'scatter',
    mode: 'markers',
    name: kind === 'differs' ? `differs from the original (p < ${SIGNIFICANCE})` : 'not shown to differ',
    x: rows.map((row) => scale * row.difference),
    y: rows.map((row) => row.line),
    text: rows.map((row) => hoverText(row, rate)),
    hovertemplate: '%{text}<extra></extra>',
    marker: {
      symbol: 'circle',
      size: 10,
      color: kind === 'differs' ? PALETTE.injected : PALETTE.background,
      line: { color: PALETTE.injected, width: 2 },
    },
    error_x: {
      type: 'data',
      symmetric: false,
      array: rows.map(({ interval, difference }) => scale * ((interval?.[1] ?? difference) - difference)),
      arrayminus: rows.map(
        ({ interval, difference }) => scale * (difference - (interval?.[0] ?? difference)),
      ),
      color: PALETTE.injected,
      thickness: 2,
      width: 4,
    },
  }
}

function detectableTicks(rows: readonly Shown[], scale: number): ScatterTrace[] {
  const known = rows.flatMap(({ line, detectable }) => (detectable === null ? [] : [{ line, detectable }]))
  if (known.length === 0) return []
  const both = known.flatMap((row) => [-1, 1].map((sign) => ({ ...row, at: sign * scale * row.detectable })))
  return [
    {
      type: 'scatter',
      mode: 'markers',
      name: 'smallest detectable difference',
      x: both.map(({ at }) => at),
      y: both.map(({ line }) => line),
      hoverinfo: 'skip',
      marker: { symbol: 'line-ns-open', size: 14, color: '#777777', line: { width: 2 } },
    },
  ]
}

function hoverText(row: Shown, rate: boolean): string {
  const show = rate ? percent : short
  const range = (interval: Interval | null) =>
    interval ? ` [${show(interval[0], true)}, ${show(interval[1], true)}]` : ''
  return [
    `<b>${row.arm}</b>`,
    `${show(row.difference, true)}${range(row.interval)}`,
    `${countOf(row.problems, 'problem')}: ${row.higher} higher, ${row.lower} lower`,
    `p ${formatP(row.pValue)}, after Holm ${formatP(row.adjustedPValue)}`,
    ...(row.detectable === null ? [] : [`detectable: ${show(row.detectable, true)}`]),
  ].join('<br>')
}
