import type { SweepRecord } from '../../sweep/record.js'
import { ORIGINAL_ARM } from '../arms.js'
import { clusterMean, clusters } from '../clusters.js'
import { AnalysisError } from '../errors.js'
import { ordered } from '../order.js'
import { percent, short } from '../render/numbers.js'
import { metricLabel } from '../thesis-rows.js'
import { isRate, requireMetric, valueOf, type Metric } from '../values.js'
import { countOf, metricTitle } from './axes.js'
import { Figure } from './figure.js'
import { PALETTE } from './palette.js'

/** Up to this many layers either way, the figures are written into the cells. */
const MOST_WRITTEN = 13

/**
 * The mean of a metric or rate for every pair of layers: the hidden states captured at one (down) and injected at
 * another (across). On the diagonal a layer receives its own, as the thesis describes. Pairs that were not run are
 * gaps; the mean of the original is in the subtitle.
 *
 * @throws AnalysisError `UNKNOWN_METRIC`, `NO_RECORDS` (also where no record has both layers), `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * crossLayerHeatmap(records, 'passed')
 * ```
 */
export function crossLayerHeatmap(records: readonly SweepRecord[], metric: Metric): Figure {
  const sorted = ordered(records)
  requireMetric(sorted, metric)
  const crossed = sorted.filter(({ layer, captureLayer }) => layer !== null && captureLayer !== null)
  if (crossed.length === 0)
    throw new AnalysisError(
      'NO_RECORDS',
      'No record has a capture and an injection layer.',
      'Run a sweep with injections.',
    )
  const layersOf = (name: 'layer' | 'captureLayer') =>
    [...new Set(crossed.map((record) => record[name]!))].sort((a, b) => a - b)
  const [injected, captured] = [layersOf('layer'), layersOf('captureLayer')]
  const meanOf = (rows: readonly SweepRecord[]) =>
    clusterMean(clusters(rows.map((record) => [record.taskId, valueOf(record, metric)] as const)))
  const cells = new Map<string, SweepRecord[]>()
  for (const record of crossed) {
    const key = `${record.captureLayer}/${record.layer}`
    cells.set(key, [...(cells.get(key) ?? []), record])
  }
  const z = captured.map((from) => injected.map((to) => meanOf(cells.get(`${from}/${to}`) ?? [])))
  const original = meanOf(sorted.filter(({ arm }) => arm === ORIGINAL_ARM))
  const rate = isRate(metric)
  const show = rate ? percent : short
  const problems = new Set(sorted.map((record) => record.taskId)).size
  const axis = { type: 'category' as const, showgrid: false, automargin: true }
  return new Figure({
    data: [
      {
        type: 'heatmap',
        x: injected.map(String),
        y: captured.map(String),
        z,
        text: z.map((row) => row.map((value) => (value === null ? '' : show(value)))),
        ...(Math.max(injected.length, captured.length) <= MOST_WRITTEN ? { texttemplate: '%{text}' } : {}),
        hovertemplate: 'captured at %{y}, injected at %{x}<br>%{text}<extra></extra>',
        colorscale: 'Cividis',
        hoverongaps: false,
        xgap: 1,
        ygap: 1,
        colorbar: {
          title: { text: metricTitle(metric), side: 'right' },
          ...(rate ? { tickformat: '.0%' } : {}),
        },
        ...(rate ? { zmin: 0, zmax: 1 } : {}),
      },
    ],
    layout: {
      title: {
        text: `${metricLabel(metric)} by capture and injection layer`,
        subtitle: {
          text: `${countOf(problems, 'problem')}${original === null ? '' : `; original: ${show(original)}`}`,
        },
      },
      xaxis: { ...axis, title: { text: 'Injected at the input of layer', standoff: 16 } },
      yaxis: { ...axis, title: { text: 'Captured at the input of layer', standoff: 16 } },
      height: Math.max(440, Math.min(1000, 200 + 34 * captured.length)),
      plot_bgcolor: PALETTE.background,
      paper_bgcolor: PALETTE.background,
    },
  })
}
