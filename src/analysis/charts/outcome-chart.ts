import type { SweepRecord } from '../../sweep/record.js'
import { armsOf } from '../arms.js'
import { ordered } from '../order.js'
import { countOf } from './axes.js'
import { Figure } from './figure.js'
import { OKABE_ITO, PALETTE } from './palette.js'
import type { BarTrace, Hatch } from './traces.js'

/** From the best to the worst; each has a colour, and a hatching for those who see or print in grey. */
const STYLES: readonly { outcome: string; color: string; hatch: Hatch }[] = [
  { outcome: 'passed', color: OKABE_ITO.blue, hatch: '' },
  { outcome: 'failed', color: OKABE_ITO.orange, hatch: '/' },
  { outcome: 'exception', color: OKABE_ITO.vermilion, hatch: '\\' },
  { outcome: 'timeout', color: OKABE_ITO.yellow, hatch: '.' },
  { outcome: 'memory', color: OKABE_ITO.purple, hatch: '+' },
  { outcome: 'crashed', color: OKABE_ITO.black, hatch: '' },
  { outcome: 'does not parse', color: OKABE_ITO.skyBlue, hatch: 'x' },
  { outcome: 'no function', color: OKABE_ITO.grey, hatch: '-' },
]

const NOT_RUN = { outcome: 'not run', color: '#FFFFFF', hatch: '' as const }

/**
 * What became of the programs of every arm: shares of the generations that passed, failed a test, raised, did not
 * parse, …, one stacked bar an arm in depth order, `original` last.
 *
 * @throws AnalysisError `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * outcomeChart(records)
 * ```
 */
export function outcomeChart(records: readonly SweepRecord[]): Figure {
  const sorted = ordered(records)
  const arms = armsOf(sorted).map((arm) => arm.name)
  const outcomeOf = (record: SweepRecord) => record.outcome ?? NOT_RUN.outcome
  const seen = new Set(sorted.map(outcomeOf))
  const known = [...STYLES, NOT_RUN]
  const others = [...seen].filter((outcome) => !known.some((style) => style.outcome === outcome)).sort()
  const styles = [
    ...STYLES,
    ...others.map((outcome) => ({ outcome, color: OKABE_ITO.green, hatch: '|' as const })),
    NOT_RUN,
  ].filter(({ outcome }) => seen.has(outcome))
  const perArm = arms.map((arm) => sorted.filter((record) => record.arm === arm).map(outcomeOf))
  const problems = new Set(sorted.map((record) => record.taskId)).size
  return new Figure({
    data: styles.map(({ outcome, color, hatch }): BarTrace => {
      const counts = perArm.map((outcomes) => outcomes.filter((one) => one === outcome).length)
      const shares = counts.map((count, arm) => count / perArm[arm]!.length)
      return {
        type: 'bar',
        name: outcome,
        x: arms,
        y: shares,
        hovertemplate: `<b>%{x}</b><br>${outcome}: %{y:.1%}<extra></extra>`,
        marker: {
          color,
          line: { color: PALETTE.zero, width: 1 },
          pattern: { shape: hatch, bgcolor: color, fgcolor: PALETTE.zero, solidity: 0.25, size: 7 },
        },
      }
    }),
    layout: {
      title: {
        text: 'What became of the programs',
        subtitle: { text: `${countOf(problems, 'problem')}, ${countOf(sorted.length, 'generation')}` },
      },
      xaxis: { title: { text: 'Arm', standoff: 16 }, type: 'category', showgrid: false, automargin: true },
      yaxis: {
        title: { text: 'Share of the generations (%)' },
        range: [0, 1],
        tickformat: '.0%',
        gridcolor: PALETTE.grid,
        automargin: true,
      },
      barmode: 'stack',
      bargap: 0.15,
      showlegend: true,
      legend: { orientation: 'v', x: 1.02, y: 1, yanchor: 'top', traceorder: 'reversed' },
      plot_bgcolor: PALETTE.background,
      paper_bgcolor: PALETTE.background,
    },
  })
}
