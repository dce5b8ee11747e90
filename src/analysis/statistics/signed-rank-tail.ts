/**
 * P(W ≤ w), where W is the sum of the ranks that get a plus when each gets plus or minus with probability ½:
 * the exact null distribution of the signed-rank statistic, given the ranks. Mid-ranks are halves, so the
 * number of sign patterns per sum is counted on doubled ranks (the shift algorithm of Streitberg and Röhmel,
 * 1986), which keeps it exact under ties.
 */
export function signedRankTail(ranks: readonly number[], w: number): number {
  const doubled = ranks.map((rank) => Math.round(2 * rank))
  const total = doubled.reduce((sum, rank) => sum + rank, 0)
  const probability = new Float64Array(total + 1)
  probability[0] = 1
  let reached = 0
  for (const rank of doubled) {
    reached += rank
    for (let sum = reached; sum >= 0; sum--) {
      const plus = sum >= rank ? probability[sum - rank]! : 0
      probability[sum] = (probability[sum]! + plus) / 2
    }
  }
  let tail = 0
  for (let sum = 0; sum <= Math.round(2 * w); sum++) tail += probability[sum]!
  return tail
}
