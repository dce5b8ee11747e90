/** Ranks from 1, ties sharing the mean of their ranks, and the size of each group of equal values. */
export interface MidRanks {
  readonly ranks: number[]
  readonly tieSizes: number[]
}

/** The mid-ranks of the values, in the order given. */
export function midRanks(values: readonly number[]): MidRanks {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!)
  const ranks = new Array<number>(values.length).fill(0)
  const tieSizes: number[] = []
  for (let start = 0; start < order.length;) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end + 1) / 2
    tieSizes.push(end - start)
    start = end
  }
  return { ranks, tieSizes }
}
