import { AnalysisError } from '../errors.js'

/**
 * The unbiased estimate of pass@k (Chen et al. 2021, https://arxiv.org/abs/2107.03374): the probability that
 * at least one of k samples passes, given that c of n did. 1 − C(n−c, k)/C(n, k), as a product that neither
 * overflows nor cancels.
 *
 * @param n samples generated
 * @param c samples that passed all tests
 * @param k samples the user would look at, at most n
 * @throws AnalysisError `INVALID_ARGUMENT` unless 0 ≤ c ≤ n and 1 ≤ k ≤ n, all whole numbers.
 * @example
 * ```ts
 * passAtK(10, 3, 1) // 0.3
 * ```
 */
export function passAtK(n: number, c: number, k: number): number {
  if (![n, c, k].every(Number.isInteger) || c < 0 || c > n || k < 1 || k > n) {
    throw new AnalysisError(
      'INVALID_ARGUMENT',
      `passAtK(n = ${n}, c = ${c}, k = ${k}) is undefined.`,
      'Whole numbers with 0 ≤ c ≤ n and 1 ≤ k ≤ n are expected: pass@k needs at least k samples.',
    )
  }
  if (n - c < k) return 1
  let allFail = 1
  for (let i = n - c + 1; i <= n; i++) allFail *= 1 - k / i
  return 1 - allFail
}
