/** The largest difference, as a share of the largest expected value; rows are joined. */
export function difference(
  actual: ArrayLike<number>,
  expected: readonly ArrayLike<number>[] | ArrayLike<number>,
): number {
  const flat = joined(expected)
  if (actual.length !== flat.length) return Infinity
  const largest = flat.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const apart = flat.reduce((most, value, index) => worse(most, Math.abs(value - actual[index]!)), 0)
  return apart / largest
}

/** NaN is no small difference. */
const worse = (a: number, b: number) => (b <= a ? a : Number.isNaN(b) ? Infinity : b)

/** Rows, one after the other. */
export function joined(rows: readonly ArrayLike<number>[] | ArrayLike<number>): number[] {
  return Array.from(rows as ArrayLike<number | ArrayLike<number>>).flatMap((row) =>
    typeof row === 'number' ? row : Array.from(row),
  )
}
