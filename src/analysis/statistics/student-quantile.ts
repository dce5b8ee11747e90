/**
 * P(|T| ≥ t), T of Student's distribution with whole degrees of freedom: a finite series (Abramowitz and Stegun
 * 26.7.3 and 26.7.4).
 */
export function studentTwoSidedTail(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom))
  const cosine = Math.cos(angle)
  const odd = freedom % 2 === 1
  let term = odd ? cosine : 1
  let sum = freedom === 1 ? 0 : term
  for (let k = odd ? 3 : 2; k < freedom; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2
    sum += term
  }
  const inside = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum
  return 1 - inside
}

/**
 * The t ≥ 0 with P(|T| ≥ t) = p, by bisection.
 *
 * @param p 10⁻⁹ < p ≤ 1
 */
export function studentTwoSidedQuantile(p: number, freedom: number): number {
  let low = 0
  let high = 1
  while (studentTwoSidedTail(high, freedom) > p) high *= 2
  for (;;) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) return middle
    if (studentTwoSidedTail(middle, freedom) > p) low = middle
    else high = middle
  }
}
