/**
 * Holm's (1979) step-down adjustment for a family of p values: each is multiplied by the number of
 * hypotheses not yet rejected before it, kept monotone and at most 1. Order kept; `null` (not tested) stays
 * `null` and is not counted.
 *
 * @example
 * ```ts
 * holm([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 * ```
 */
export function holm(pValues: readonly (number | null)[]): (number | null)[] {
  const adjusted: (number | null)[] = pValues.map(() => null)
  const tested = pValues.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((a, b) => a.p - b.p)
  let largest = 0
  tested.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (tested.length - rank)))
    adjusted[index] = largest
  })
  return adjusted
}
