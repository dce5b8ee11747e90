/** Which text: the one that a context shares with others, or a sequence's own. */
const OFFSETS = { shared: 1, own: 2 } as const

/** A made-up text of so many tokens; the same as in `bench/peers/plain-llama.cpp`. No control token is in it. */
export function textOf(kind: keyof typeof OFFSETS, count: number, vocabularySize: number): number[] {
  return Array.from(
    { length: count },
    (_, index) => 3 + ((index * 7919 + OFFSETS[kind] * 104729) % (vocabularySize - 16)),
  )
}
