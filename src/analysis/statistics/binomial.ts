/** P(X = k) for k = 0 … n, X ~ Binomial(n, p). Worked out in logarithms, so that large n do not underflow. */
export function binomialProbabilities(n: number, p: number): Float64Array {
  const probabilities = new Float64Array(n + 1)
  if (p <= 0 || p >= 1) {
    probabilities[p <= 0 ? 0 : n] = 1
    return probabilities
  }
  let logarithm = n * Math.log1p(-p)
  const odds = Math.log(p) - Math.log1p(-p)
  for (let k = 0; k <= n; k++) {
    probabilities[k] = Math.exp(logarithm)
    logarithm += Math.log((n - k) / (k + 1)) + odds
  }
  return probabilities
}
