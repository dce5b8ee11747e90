import { describe, expect, it } from 'vitest'
import { agreement } from '../../src/nir/agreement.js'
import { longestCommonSubsequence } from '../../src/nir/longest-common-subsequence.js'
import { rougeL } from '../../src/nir/rouge-l.js'

const words = (text: string) =>
  text.split(' ').map((word) => [...word].reduce((n, c) => n * 31 + c.charCodeAt(0), 7))

/** The recursive definition, cell by cell. */
function byDefinition(a: readonly number[], b: readonly number[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0))
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      table[i + 1]![j + 1] = x === y ? table[i]![j]! + 1 : Math.max(table[i]![j + 1]!, table[i + 1]![j]!)
    })
  })
  return table[a.length]![b.length]!
}

/** Whole numbers below `bound`, the same at every run (mulberry32). */
function generator(seed: number) {
  let state = seed
  return (bound: number) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }
}

describe('longestCommonSubsequence', () => {
  it('equals the recursive definition, at lengths around the word size too', () => {
    const random = generator(3)
    const lengths = [0, 1, 2, 31, 32, 33, 63, 64, 65, 100, 257]
    for (const vocabulary of [1, 2, 5, 50])
      for (const m of lengths)
        for (const n of lengths) {
          const a = Array.from({ length: m }, () => random(vocabulary))
          const b = Array.from({ length: n }, () => random(vocabulary))
          expect(longestCommonSubsequence(a, b), `${a.join()} | ${b.join()}`).toBe(byDefinition(a, b))
        }
  })
})

describe('rougeL', () => {
  it("gives Lin's figures: 'police killed the gunman' against two candidates", () => {
    const reference = words('police killed the gunman')
    expect(rougeL(reference, words('police kill the gunman'))).toBe(0.75)
    expect(rougeL(reference, words('the gunman kill police'))).toBe(0.5)
    expect(rougeL(reference, words('the gunman police killed'))).toBe(0.5)
  })

  it('is the harmonic mean of precision and recall', () => {
    // Common: 1 3 5. Precision 3/3, recall 3/5.
    expect(rougeL([1, 2, 3, 4, 5], [1, 3, 5])).toBeCloseTo((2 * 1 * 0.6) / 1.6, 12)
  })

  it('is 1 for the same, 0 for nothing in common, and symmetric', () => {
    const random = generator(4)
    const a = Array.from({ length: 90 }, () => random(9))
    const b = Array.from({ length: 40 }, () => random(9))
    expect(rougeL(a, a)).toBe(1)
    expect(rougeL([], [])).toBe(1)
    expect(rougeL(a, [])).toBe(0)
    expect(rougeL(a, [10, 11])).toBe(0)
    expect(rougeL(a, b)).toBe(rougeL(b, a))
  })
})

describe('agreement', () => {
  it('is the mean with the others', () => {
    const ab = rougeL([1, 2, 3], [1, 2])
    expect(agreement([[1, 2, 3], [1, 2], [9]])).toEqual([ab / 2, ab / 2, 0])
  })

  it('is 1 among identical texts, and for one alone', () => {
    expect(
      agreement([
        [4, 5],
        [4, 5],
        [4, 5],
      ]),
    ).toEqual([1, 1, 1])
    expect(agreement([[4, 5]])).toEqual([1])
  })
})
