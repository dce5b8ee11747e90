import { binomialProbabilities } from './binomial.js'
import { mcnemarExact } from './mcnemar.js'

/** What is held fixed while the power at several differences is asked for. */
export interface McNemarDesign {
  /** Pairs: problems. */
  readonly n: number
  /** Share of the pairs that are discordant, 0 to 1. */
  readonly discordant: number
  /** Level of the test. */
  readonly alpha: number
}

/**
 * The power of the exact McNemar test: the number of discordant pairs is Binomial(n, discordant), and of those each
 * goes up with probability (discordant + difference) / (2·discordant). Summed over all outcomes, nothing
 * approximated (Duffy 1984, "Asymptotic and exact power for the McNemar test", Biometrics 40).
 *
 * @param difference difference of the two shares, 0 to `discordant`
 */
export function mcnemarPower({ n, discordant, alpha }: McNemarDesign, difference: number): number {
  if (discordant === 0) return 0
  const up = (discordant + difference) / (2 * discordant)
  let power = 0
  let critical = -1
  binomialProbabilities(n, discordant).forEach((chance, d) => {
    // The largest count of the rarer direction that is still significant grows with d.
    while (critical + 1 <= d / 2 && mcnemarExact(critical + 1, d - critical - 1).pValue <= alpha) critical++
    if (critical < 0 || chance < 1e-15) return
    const ways = binomialProbabilities(d, up)
    let rejected = 0
    for (let k = 0; k <= critical; k++) rejected += ways[k]! + (k === d - k ? 0 : ways[d - k]!)
    power += chance * rejected
  })
  return power
}
