/** A source of numbers in [0, 1). */
export type Random = () => number

/**
 * Chris Doty-Humphrey's sfc32 (128 bits of state, passes PractRand), started from one seed: the same seed
 * gives the same numbers on every machine.
 *
 * @example
 * ```ts
 * const random = seededRandom(7)
 * random() // always the same first number
 * ```
 */
export function seededRandom(seed: number): Random {
  let a = seed | 0
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = 0x9e3779b9 | 0
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  // The first outputs of neighbouring seeds resemble each other; twelve rounds mix them.
  for (let i = 0; i < 12; i++) next()
  return next
}
