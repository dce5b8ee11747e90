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
  // log C(n, statistic) − n·log 2: the largest term, in logarithms since 2⁻ⁿ underflows past 1,074 pairs.
  let logTerm = -n * Math.LN2
  for (let i = 1; i <= statistic; i++) logTerm += Math.log((n - i + 1) / i)
  let relative = 1
  let sum = 1
  for (let i = statistic; i > 0; i--) {
    relative *= i / (n - i + 1)
    sum += relative
  }
  return { statistic, pValue: Math.min(1, 2 * sum * Math.exp(logTerm)) }
}
