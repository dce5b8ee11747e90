/**
 * Length of the longest common subsequence. 32 cells of the usual table at a time, in memory linear in the lengths:
 * Crochemore, Iliopoulos, Pinzon and Reid, "A fast and practical bit-vector algorithm for the longest common
 * subsequence problem", Information Processing Letters 80 (2001). Comparing 33 arms of 1,000 tokens with one another
 * cell by cell would hold up the event loop for a second.
 */
export function longestCommonSubsequence(a: readonly number[], b: readonly number[]): number {
  // The places of each token in `a`, as linked lists: from its last place to the one before, 0 at the end.
  const lastPlace = new Map<number, number>()
  const placeBefore = new Int32Array(a.length + 1)
  a.forEach((token, index) => {
    placeBefore[index + 1] = lastPlace.get(token) ?? 0
    lastPlace.set(token, index + 1)
  })

  // A zero bit: the table's row rises by one there.
  const row = new Uint32Array(Math.ceil(a.length / 32)).fill(0xffffffff)
  const matches = new Uint32Array(row.length)
  for (const token of b) {
    const last = lastPlace.get(token)
    if (last === undefined) continue
    for (let place = last; place > 0; place = placeBefore[place]!)
      matches[(place - 1) >>> 5]! |= 1 << ((place - 1) & 31)
    let carry = 0
    for (let word = 0; word < row.length; word++) {
      const bits = row[word]!
      const matching = (bits & matches[word]!) >>> 0
      const sum = bits + matching + carry
      carry = sum > 0xffffffff ? 1 : 0
      row[word] = sum | (bits ^ matching)
      matches[word] = 0
    }
  }

  let zeros = 0
  for (const bits of row) for (let rest = ~bits; rest !== 0; rest &= rest - 1) zeros++
  return zeros
}
