import type { ComparisonRow } from '../comparison.js'
import { list, paragraph, table, type Block } from '../report/block.js'
import { reportPage } from '../report/page.js'
import type { Grid } from '../render/grid.js'
import { fixed, formatP, percent, short } from '../render/numbers.js'
import { Tabular } from '../render/tabular.js'
import { SIGNIFICANCE } from '../statistics/levels.js'
import { metricLabel } from '../thesis-rows.js'
import { isRate } from '../values.js'
import type { SettingDifference } from './differences.js'

/** One arm in both studies on one metric; differences are the second study's value − the first's. */
export interface StudyComparisonRow extends Omit<
  ComparisonRow,
  'layer' | 'mean' | 'originalMean' | 'detectable'
> {
  readonly metric: string
  readonly test: 'mcnemar' | 'wilcoxon'
  /** In the first and the second study, over the complete pairs; `null` without a pair. */
  readonly means: readonly [a: number | null, b: number | null]
}

/** What a {@link StudyComparison} is made of. */
export interface StudyComparisonContent {
  readonly names: readonly [a: string, b: string]
  readonly settings: readonly SettingDifference[]
  /** `task_id` of problems that are left out: they are not the same in both. */
  readonly unlikeProblems: readonly number[]
  /** Arms that only the one has. */
  readonly onlyIn: readonly [a: readonly string[], b: readonly string[]]
  readonly rows: readonly StudyComparisonRow[]
}

/** Two studies compared. See {@link compareStudies}. */
export class StudyComparison extends Tabular implements StudyComparisonContent {
  readonly names: readonly [a: string, b: string]
  readonly settings: readonly SettingDifference[]
  /** `task_id` of problems that are left out: they are not the same in both. */
  readonly unlikeProblems: readonly number[]
  readonly onlyIn: readonly [a: readonly string[], b: readonly string[]]
  readonly rows: readonly StudyComparisonRow[]

  constructor({ names, settings, unlikeProblems, onlyIn, rows }: StudyComparisonContent) {
    super()
    this.names = names
    this.settings = settings
    this.unlikeProblems = unlikeProblems
    this.onlyIn = onlyIn
    this.rows = rows
  }

  /** What it shows, a sentence a metric. */
  get conclusions(): string[] {
    return [...new Set(this.rows.map(({ metric }) => metric))].map((metric) => {
      const rows = this.rows.filter((row) => row.metric === metric)
      const show = isRate(metric) ? percent : short
      const differing = rows.filter(({ adjustedPValue }) => (adjustedPValue ?? 1) < SIGNIFICANCE)
      const named = differing.map(({ arm, difference }) => `${arm} (${show(difference!, true)})`)
      const count = `${differing.length === 0 ? 'none' : differing.length} of ${rows.length} arms`
      return `${metricLabel(metric)}: ${count} shown to differ after Holm’s adjustment${named.length > 0 ? `: ${named.join(', ')}` : ''}.`
    })
  }

  /** All of it, for a terminal. */
  report(): string {
    const blocks = [this.#settingsBlock(), ...this.#leftOutBlocks(), list(this.conclusions)]
    return [
      `${this.names[0]} (a) and ${this.names[1]} (b)`,
      ...blocks.map(({ text }) => text),
      this.toText(),
    ].join('\n\n')
  }

  /** One page that needs no network and no other file. */
  page(): string {
    return reportPage(
      `${this.names[0]} and ${this.names[1]}`,
      [],
      [
        { title: 'What differs in the settings', blocks: [this.#settingsBlock(), ...this.#leftOutBlocks()] },
        {
          title: 'Arms in common, paired by problem and sample',
          blocks: [list(this.conclusions), table(this)],
        },
      ],
    )
  }

  #settingsBlock(): Block {
    if (this.settings.length === 0) return paragraph('The settings are the same.')
    return list(
      this.settings.map(({ path, values }) => `${path}: ${brief(values[0])} (a), ${brief(values[1])} (b)`),
    )
  }

  #leftOutBlocks(): Block[] {
    const { unlikeProblems: unlike } = this
    const beside = this.onlyIn.flatMap((arms, index) =>
      arms.length > 0 ? [paragraph(`Only in ${this.names[index]!}: ${arms.join(', ')}.`)] : [],
    )
    return unlike.length > 0
      ? [paragraph(`Left out, as they are not the same in both: problems ${unlike.join(', ')}.`), ...beside]
      : beside
  }

  protected override label(): string {
    return 'compare-studies'
  }

  protected override lines() {
    return [
      [
        ...['metric', 'arm', 'problems', 'pairs', 'incomplete', 'mean_a', 'mean_b', 'difference'],
        ...['interval_lower', 'interval_upper', 'higher', 'lower', 'test', 'statistic', 'p_value'],
        ...['adjusted_p_value', 'rank_biserial'],
      ],
      ...this.rows.map((row) => [
        ...[row.metric, row.arm, row.problems, row.pairs, row.incomplete, ...row.means, row.difference],
        ...[row.interval?.[0] ?? null, row.interval?.[1] ?? null, row.higher, row.lower, row.test],
        ...[row.statistic, row.pValue, row.adjustedPValue, row.rankBiserial],
      ]),
    ]
  }

  protected override grid(): Grid {
    return {
      caption: 'The same arms in both studies',
      header: ['', 'arm', 'pairs', 'a', 'b', 'b − a', '95 % interval', 'p', 'p (Holm)', 'effect'],
      rows: this.rows.map((row) => [
        metricLabel(row.metric),
        row.arm,
        String(row.pairs),
        fixed(row.means[0]),
        fixed(row.means[1]),
        fixed(row.difference, true),
        row.interval ? `${fixed(row.interval[0], true)} to ${fixed(row.interval[1], true)}` : '–',
        formatP(row.pValue),
        formatP(row.adjustedPValue),
        fixed(row.rankBiserial, true),
      ]),
      note:
        'p: exact McNemar test where all values are 0 or 1, else Wilcoxon signed-rank test; two-sided; Holm over the arms of ' +
        'a metric. Interval: bootstrap over problems. Effect: matched-pairs rank-biserial.',
    }
  }
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'none'
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
