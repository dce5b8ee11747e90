import { rougeL } from './rouge-l.js'

/** Of each sequence, the mean ROUGE-L F1 with the others; of a single one, 1. */
export function agreement(sequences: readonly (readonly number[])[]): number[] {
  const others = sequences.length - 1
  if (others === 0) return [1]
  const sums = sequences.map(() => 0)
  sequences.forEach((a, i) => {
    for (let j = 0; j < i; j++) {
      const f1 = rougeL(a, sequences[j]!)
      sums[i]! += f1
      sums[j]! += f1
    }
  })
  return sums.map((sum) => sum / others)
}
