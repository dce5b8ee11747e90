/**
 * The two-sided tail of the standard normal distribution, P(|Z| ≥ |z|) = erfc(|z|/√2), to about 13 digits.
 * simple-statistics' normal distribution is a table of four digits, and its error function has seven, too
 * few for a small p value.
 *
 * Sources: DLMF 7.6.2 (series) and 7.9.1 (continued fraction), https://dlmf.nist.gov/7
 */
export function normalTwoSidedTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  return x < 2 ? 1 - erfSeries(x) : erfcFraction(x)
}

function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

function erfcFraction(x: number): number {
  // x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …))), from the inside out; 120 levels suffice from x = 2 on.
  let fraction = x
  for (let k = 120; k > 0; k--) fraction = x + k / 2 / fraction
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction)
}
