import type { Grid } from './render/grid.js'
import { fixed, formatP } from './render/numbers.js'
import { Tabular } from './render/tabular.js'
import type { Interval } from './statistics/bootstrap.js'
import { POWER, SIGNIFICANCE } from './statistics/levels.js'
import { metricLabel } from './thesis-rows.js'

/** One arm against the original, over the pairs in which both values are defined. */
export interface ComparisonRow {
  readonly arm: string
  /** 0-based decoder layer. */
  readonly layer: number | null
  /** Problems with at least one complete pair: the units of the test. */
  readonly problems: number
  /** Complete pairs (problem and sample). */
  readonly pairs: number
  /** Pairs left out since one of the two values is undefined or one of the two was not run. */
  readonly incomplete: number
  /** Mean in this arm, over the complete pairs. `null` without a pair, like all that follows. */
  readonly mean: number | null
  /** Mean in the original arm, over the same pairs. */
  readonly originalMean: number | null
  /** Mean of (this arm − original). */
  readonly difference: number | null
  /** 95 % paired bootstrap interval of the difference, over problems; `null` for fewer than two problems. */
  readonly interval: Interval | null
  /** Problems where this arm is higher than the original. */
  readonly higher: number
  /** Problems where this arm is lower. */
  readonly lower: number
  /** The smaller of the discordant counts (McNemar) or of the rank sums (Wilcoxon). */
  readonly statistic: number | null
  /** Two-sided p value. */
  readonly pValue: number | null
  /** p value after Holm's adjustment over the arms. */
  readonly adjustedPValue: number | null
  /** Matched-pairs rank-biserial correlation, −1 to 1. */
  readonly rankBiserial: number | null
  /**
   * The smallest true difference that this test on this many problems finds with a power of 80 %, at the level that
   * Holm asks of the smallest p value, 0.05 / arms tested. From the discordance or variance seen; `null` where so few
   * problems can show nothing, or the differences do not vary. What is smaller may be there unseen.
   */
  readonly detectable: number | null
}

/** What a {@link Comparison} is made of. */
export interface ComparisonContent {
  readonly metric: string
  readonly test: 'mcnemar' | 'wilcoxon'
  readonly rows: readonly ComparisonRow[]
}

const TEST_NAMES = { mcnemar: 'exact McNemar test', wilcoxon: 'Wilcoxon signed-rank test' }

/**
 * The comparison of every arm with the original, in depth order. A notebook displays it as a table.
 *
 * @example
 * ```ts
 * const comparison = compareToOriginal(records, 'lines')
 * console.log(comparison.toText())
 * comparison.rows[0]?.interval // [-4.1, -2.6]
 * ```
 */
export class Comparison extends Tabular implements ComparisonContent {
  readonly metric: string
  /** The test, the same for every arm. */
  readonly test: 'mcnemar' | 'wilcoxon'
  readonly rows: readonly ComparisonRow[]

  constructor({ metric, test, rows }: ComparisonContent) {
    super()
    this.metric = metric
    this.test = test
    this.rows = rows
  }

  protected override label(): string {
    return `compare-${this.metric}`
  }

  protected override lines() {
    return [
      [
        'metric',
        'arm',
        'layer',
        'problems',
        'pairs',
        'incomplete',
        'mean',
        'original_mean',
        'difference',
        'interval_lower',
        'interval_upper',
        'higher',
        'lower',
        'test',
        'statistic',
        'p_value',
        'adjusted_p_value',
        'rank_biserial',
        'detectable',
      ],
      ...this.rows.map((row) => [
        this.metric,
        row.arm,
        row.layer,
        row.problems,
        row.pairs,
        row.incomplete,
        row.mean,
        row.originalMean,
        row.difference,
        row.interval?.[0] ?? null,
        row.interval?.[1] ?? null,
        row.higher,
        row.lower,
        this.test,
        row.statistic,
        row.pValue,
        row.adjustedPValue,
        row.rankBiserial,
        row.detectable,
      ]),
    ]
  }

  protected override grid(): Grid {
    return {
      caption: `${metricLabel(this.metric)}: each arm against the original, paired`,
      header: [
        '',
        'pairs',
        'mean',
        'original',
        'difference',
        '95 % interval',
        'p',
        'p (Holm)',
        'effect',
        'detectable',
      ],
      rows: this.rows.map((row) => [
        row.arm,
        String(row.pairs),
        fixed(row.mean),
        fixed(row.originalMean),
        fixed(row.difference, true),
        row.interval ? `${fixed(row.interval[0], true)} to ${fixed(row.interval[1], true)}` : '–',
        formatP(row.pValue),
        formatP(row.adjustedPValue),
        fixed(row.rankBiserial, true),
        fixed(row.detectable),
      ]),
      note:
        `p: ${TEST_NAMES[this.test]}, two-sided; Holm over ${this.rows.length} arms. ` +
        'Interval: bootstrap over problems. Effect: matched-pairs rank-biserial. ' +
        `Detectable: the smallest difference found with a power of ${100 * POWER} % after Holm's first step, ` +
        `${SIGNIFICANCE} / ${this.rows.filter((row) => row.pValue !== null).length}.`,
    }
  }
}
