import { sampleStandardDeviation } from 'simple-statistics'
import { POWER } from './levels.js'
import { mcnemarExact } from './mcnemar.js'
import { mcnemarPower } from './mcnemar-power.js'
import { studentTwoSidedQuantile } from './student-quantile.js'

/**
 * The signed-rank test needs at most this much more data than the t test, whatever the (continuous, symmetric)
 * distribution: its asymptotic relative efficiency is at least 108/125 (Hodges and Lehmann 1956).
 */
const LEAST_EFFICIENCY = 108 / 125

/** Can even the clearest outcome, all n units in one direction, be significant? */
const canReject = (n: number, alpha: number) => n > 0 && mcnemarExact(n, 0).pValue <= alpha

/**
 * The smallest difference of two shares that the exact McNemar test finds with a power of {@link POWER}. The share
 * of discordant pairs is the one seen, or the difference where that is larger (a difference of δ needs at least a
 * share δ of discordant pairs).
 *
 * @param n pairs: problems
 * @param discordant pairs whose answers differ
 * @param alpha level of the test
 * @returns a difference of shares, 0 to 1; `null` where n pairs cannot show any.
 * @example
 * ```ts
 * detectableShare(169, 20, 0.05) // 0.078…
 * ```
 */
export function detectableShare(n: number, discordant: number, alpha: number): number | null {
  if (!canReject(n, alpha)) return null
  const seen = discordant / n
  const power = (difference: number) =>
    mcnemarPower({ n, discordant: Math.max(seen, difference), alpha }, difference)
  let low = 0
  let high = 1
  while (high - low > 1e-6) {
    const middle = (low + high) / 2
    if (power(middle) < POWER) low = middle
    else high = middle
  }
  return high
}

/**
 * The smallest mean difference that the Wilcoxon signed-rank test finds with a power of {@link POWER}, for paired data
 * with the variance seen: (t₁₋α⸝₂ + t_power)·s/√(n·108/125), t with n − 1 degrees of freedom. The minimum detectable
 * effect of Bloom (1995, Evaluation Review 19), with the efficiency bound of Hodges and Lehmann, as G*Power's "min
 * ARE". It is an approximation: simulated powers there lie between 0.77 and 0.95, see `make_comparisons.py`.
 *
 * @param differences one per problem
 * @param alpha level of the test
 * @returns in units of the metric; `null` where so few problems cannot show any, or where the differences do not
 * vary, so that nothing is known of their spread.
 */
export function detectableMean(differences: readonly number[], alpha: number): number | null {
  const n = differences.length
  if (n < 2 || !canReject(n, alpha)) return null
  const deviation = sampleStandardDeviation([...differences])
  // Differences that are all the same vary by what rounding left.
  if (deviation <= 1e-12 * Math.max(...differences.map(Math.abs))) return null
  const t = studentTwoSidedQuantile(alpha, n - 1) + studentTwoSidedQuantile(2 * (1 - POWER), n - 1)
  return (t * deviation) / Math.sqrt(n * LEAST_EFFICIENCY)
}
