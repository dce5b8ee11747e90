import { midRanks } from './mid-ranks.js'
import { normalTwoSidedTail } from './normal-tail.js'
import { signedRankTail } from './signed-rank-tail.js'

/** The signed-rank test's result. */
export interface WilcoxonResult {
  /** The smaller of the rank sums of positive and of negative differences. */
  readonly statistic: number
  /** Two-sided p value. */
  readonly pValue: number
  /** (W₊ − W₋)/(W₊ + W₋), from −1 (every difference negative) to 1. */
  readonly rankBiserial: number
}

/** Up to here the null distribution is counted out; scipy switches at the same number. */
const EXACT_UP_TO = 50

/**
 * The Wilcoxon signed-rank test (1945) of paired differences, two-sided, with the matched-pairs rank-biserial
 * correlation (Kerby 2014). Zero differences are dropped before ranking (Wilcoxon's own rule, scipy's default
 * `zero_method='wilcox'`). With at most 50 differences left the p value is exact, ties or not; beyond that it
 * is the normal approximation with the tie correction and no continuity correction, as scipy's. Without a
 * non-zero difference: p = 1, effect 0.
 *
 * @param differences one per pair
 * @example
 * ```ts
 * wilcoxonSignedRank([1, 2, 3, 4, 5]) // { statistic: 0, pValue: 0.0625, rankBiserial: 1 }
 * ```
 */
export function wilcoxonSignedRank(differences: readonly number[]): WilcoxonResult {
  const nonZero = differences.filter((difference) => difference !== 0)
  const n = nonZero.length
  if (n === 0) return { statistic: 0, pValue: 1, rankBiserial: 0 }
  const { ranks, tieSizes } = midRanks(nonZero.map(Math.abs))
  const total = (n * (n + 1)) / 2
  const plus = ranks.reduce((sum, rank, i) => (nonZero[i]! > 0 ? sum + rank : sum), 0)
  const statistic = Math.min(plus, total - plus)
  const rankBiserial = (2 * plus - total) / total
  if (n <= EXACT_UP_TO) {
    return { statistic, pValue: Math.min(1, 2 * signedRankTail(ranks, statistic)), rankBiserial }
  }
  const ties = tieSizes.reduce((sum, size) => sum + size ** 3 - size, 0)
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24)
  return { statistic, pValue: normalTwoSidedTail((plus - total / 2) / deviation), rankBiserial }
}
