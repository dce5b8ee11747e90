import type { SweepRecord } from '../../sweep/record.js'
import { isDepth, ORIGINAL_ARM } from '../arms.js'
import { crossLayerHeatmap } from '../charts/cross-layer-heatmap.js'
import { depthChart } from '../charts/depth-chart.js'
import { outcomeChart } from '../charts/outcome-chart.js'
import { figure, paragraph, type Section } from './block.js'
import { reportMetrics } from './metrics.js'

/** Curves over depth, outcomes, and the grid of capture and injection layers where there is one. */
export function chartsSection(records: readonly SweepRecord[]): Section {
  const metrics = reportMetrics(records)
  const hasDepths = records.some(isDepth)
  const isCrossed = records.some(
    ({ layer, captureLayer, arm }) => layer !== captureLayer && arm !== ORIGINAL_ARM && layer !== null,
  )
  return {
    title: 'Charts',
    blocks: [
      ...(hasDepths
        ? [
            paragraph(
              'Each point is an injection depth, the band or bar its 95 % bootstrap interval over problems; the original, without injection, is the reference line.',
            ),
            ...metrics.map((metric) => figure(depthChart(records, metric))),
          ]
        : []),
      figure(outcomeChart(records)),
      ...(isCrossed ? metrics.slice(0, 1).map((metric) => figure(crossLayerHeatmap(records, metric))) : []),
    ],
  }
}
