import type { SweepRecord } from '../../sweep/record.js'
import { isDepth, ORIGINAL_ARM } from '../arms.js'
import { AnalysisError } from '../errors.js'
import { ordered } from '../order.js'
import { percent, short } from '../render/numbers.js'
import type { BootstrapOptions } from '../statistics/bootstrap.js'
import { metricLabel } from '../thesis-rows.js'
import { isRate, requireMetric, type Metric } from '../values.js'
import { armPoints, band } from './arm-points.js'
import { countOf, metricTitle } from './axes.js'
import { Figure } from './figure.js'
import { OKABE_ITO, PALETTE } from './palette.js'
import type { ScatterTrace } from './traces.js'

/** Curves differ in colour, dash and marker, so that they stay apart in grey. */
const STYLES = [
  { color: OKABE_ITO.blue, light: 'rgba(0, 114, 178, 0.15)', dash: 'solid', symbol: 'circle' },
  { color: OKABE_ITO.vermilion, light: 'rgba(213, 94, 0, 0.15)', dash: 'dash', symbol: 'square' },
  { color: OKABE_ITO.green, light: 'rgba(0, 158, 115, 0.15)', dash: 'dot', symbol: 'diamond' },
  { color: OKABE_ITO.purple, light: 'rgba(204, 121, 167, 0.18)', dash: 'dashdot', symbol: 'triangle-up' },
  { color: OKABE_ITO.black, light: 'rgba(0, 0, 0, 0.10)', dash: 'longdash', symbol: 'x' },
] as const

/**
 * The depth curves of several sweeps in one chart (the described mapping and the released one, a model's own thinking
 * and reference contexts), each with its 95 % bootstrap interval over problems as a band. The mean of the original is
 * in the legend, since a sweep that shares problems, seed and model with another shares it too.
 *
 * @param sweeps name for the legend → records; 1 to 5
 * @throws AnalysisError `UNKNOWN_METRIC`, `NO_RECORDS`, `DUPLICATE_RECORD`, `INVALID_ARGUMENT`.
 * @example
 * ```ts
 * const described = await nir.sweep({ problems })
 * const released = await nir.sweep({ problems, decodePositions: 'released' })
 * depthCurvesChart({ described: described.records, released: released.records }, 'passed')
 * ```
 */
export function depthCurvesChart(
  sweeps: Readonly<Record<string, readonly SweepRecord[]>>,
  metric: Metric,
  options: BootstrapOptions = {},
): Figure {
  const names = Object.keys(sweeps)
  if (names.length === 0 || names.length > STYLES.length)
    throw new AnalysisError(
      'INVALID_ARGUMENT',
      `There are ${names.length} sweeps; expected 1 to ${STYLES.length}.`,
      'More curves than that cannot be told apart: draw several charts.',
    )
  const rate = isRate(metric)
  const show = rate ? percent : short
  const problems = new Set<number>()
  const layers = new Set<number>()
  const data = names.flatMap((name, i): ScatterTrace[] => {
    const sorted = ordered(sweeps[name]!)
    requireMetric(sorted, metric)
    for (const { taskId } of sorted) problems.add(taskId)
    const points = armPoints(sorted, metric, options)
    const depths = points.filter(isDepth)
    const original = points.find(({ arm }) => arm === ORIGINAL_ARM)
    const { color, light, dash, symbol } = STYLES[i]!
    for (const { layer } of depths) layers.add(layer)
    return [
      ...band(
        depths.map(({ layer }) => layer),
        depths.map(({ interval }) => interval),
        light,
        name,
      ),
      {
        type: 'scatter',
        mode: 'lines+markers',
        name: original ? `${name} (original: ${show(original.mean)})` : name,
        legendgroup: name,
        x: depths.map(({ layer }) => layer),
        y: depths.map(({ mean }) => mean),
        text: depths.map(({ arm, mean }) => `<b>${name}</b>, ${arm}<br>${show(mean)}`),
        hovertemplate: '%{text}<extra></extra>',
        line: { color, width: 2, dash },
        marker: { symbol, size: 9, color, line: { color, width: 1 } },
      },
    ]
  })
  return new Figure({
    data,
    layout: {
      title: {
        text: `${metricLabel(metric)} over injection depth`,
        subtitle: { text: `${countOf(problems.size, 'problem')}; bands: 95 % bootstrap intervals` },
      },
      xaxis: {
        title: { text: 'Injection layer (0 = the first decoder layer)' },
        showgrid: false,
        zeroline: false,
        ...(layers.size <= 16
          ? { tickmode: 'array' as const, tickvals: [...layers].sort((a, b) => a - b) }
          : {}),
      },
      yaxis: {
        title: { text: metricTitle(metric) },
        gridcolor: PALETTE.grid,
        zeroline: false,
        automargin: true,
        ...(rate ? { range: [-0.02, 1.02] as [number, number], tickformat: '.0%' } : {}),
      },
      hovermode: 'closest',
      showlegend: true,
      legend: { orientation: 'h', x: 0, y: -0.2, yanchor: 'top' },
      plot_bgcolor: PALETTE.background,
      paper_bgcolor: PALETTE.background,
    },
  })
}
