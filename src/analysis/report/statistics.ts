import type { SweepRecord } from '../../sweep/record.js'
import { isDepth, ORIGINAL_ARM } from '../arms.js'
import { forestChart } from '../charts/forest-chart.js'
import { compareToOriginal } from '../compare-to-original.js'
import type { ComparisonRow } from '../comparison.js'
import { depthProfile } from '../depth-profile.js'
import { percent, short } from '../render/numbers.js'
import { SIGNIFICANCE } from '../statistics/levels.js'
import { metricLabel } from '../thesis-rows.js'
import { isRate } from '../values.js'
import { figure, folded, paragraph, table, type Block, type Section } from './block.js'
import { reportMetrics } from './metrics.js'

/** Every arm against the original, paired, and the best depth; `null`: there is no original or nothing beside it. */
export function statisticsSection(records: readonly SweepRecord[]): Section | null {
  const hasOriginal = records.some(({ arm }) => arm === ORIGINAL_ARM)
  if (!hasOriginal || records.every(({ arm }) => arm === ORIGINAL_ARM)) return null
  const metrics = reportMetrics(records)
  return {
    title: 'Statistics',
    blocks: [
      paragraph(
        'Each arm is compared with the original on the same problem and thinking. p values are adjusted after Holm over the arms of a metric, not over metrics.',
      ),
      ...metrics.flatMap((metric, index) => compared(records, metric, index === 0)),
      ...(records.some(isDepth) ? [table(depthProfile(records, metrics))] : []),
    ],
  }
}

function compared(records: readonly SweepRecord[], metric: string, isFirst: boolean): Block[] {
  const comparison = compareToOriginal(records, metric)
  return [
    paragraph(conclusion(metric, comparison.rows)),
    ...(isFirst ? [figure(forestChart(records, metric))] : []),
    folded(`${metricLabel(metric)}: all comparisons`, [table(comparison)]),
  ]
}

/** What the comparisons of a metric show, and what they could not have shown. */
function conclusion(metric: string, rows: readonly ComparisonRow[]): string {
  const show = isRate(metric) ? percent : short
  const differing = rows.filter(
    ({ adjustedPValue }) => adjustedPValue !== null && adjustedPValue < SIGNIFICANCE,
  )
  const named = differing.map(({ arm, difference }) => `${arm} (${show(difference!, true)})`)
  const found =
    named.length === 0
      ? `none of ${rows.length} arms is shown to differ from the original`
      : `${named.length} of ${rows.length} arms ${named.length === 1 ? 'differs' : 'differ'} from the original: ${named.join(', ')}`
  const detectable = rows.flatMap(({ detectable: least }) => (least === null ? [] : [least]))
  const limit =
    detectable.length === 0
      ? ''
      : ` Differences below ${show(Math.max(...detectable), true).replace('+', '')} may be there unseen: this many problems do not show them reliably.`
  return `${metricLabel(metric)}: ${found}, after Holm’s adjustment.${limit}`
}
