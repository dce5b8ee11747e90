/** The exact McNemar test's result. */
export interface McNemarResult {
  /** The smaller of the two counts of discordant pairs. */
  readonly statistic: number
  /** Two-sided p value. */
  readonly pValue: number
}

/**
 * The exact McNemar test (1947) of paired yes/no answers: given that a pair is discordant, either direction is
 * equally likely. p = min(1, 2·P(X ≤ min(gained, lost))), X ~ Binomial(gained + lost, ½), as statsmodels'
 * `mcnemar(exact=True)`. No discordant pair: p = 1.
 *
 * @param gained pairs that went from no to yes
 * @param lost pairs that went from yes to no
 * @example
 * ```ts
 * mcnemarExact(6, 0).pValue // 0.03125
 * ```
 */
export function mcnemarExact(gained: number, lost: number): McNemarResult {
  const n = gained + lost
  const statistic = Math.min(gained, lost)
  // C(n, statistic)·2⁻ⁿ, the largest term; halved on the way, since 2⁻ⁿ alone underflows past 1,074 pairs.
  let largest = 1
  let halvings = n
  for (let i = 1; i <= statistic; i++) {
    largest *= (n - i + 1) / i
    for (; largest > 1; halvings--) largest /= 2
  }
  largest *= 2 ** -halvings
  let relative = 1
  let sum = 1
  for (let i = statistic; i > 0; i--) {
    relative *= i / (n - i + 1)
    sum += relative
  }
  return { statistic, pValue: Math.min(1, 2 * sum * largest) }
}
