import { InputError } from './errors.js'

/**
 * Positions of an arm's own tokens: all of them, the prompt's, the generated ones, or a list. 0 is the first token
 * of the prompt, generated tokens go on counting; a negative number counts from the prompt's end (-1: its last).
 */
export type Positions = 'all' | 'prompt' | 'generated' | readonly number[]

/** Positions `first` ≤ p < `last`, and the place of `first` in the list that was given. */
export interface PositionRange {
  readonly first: number
  readonly last: number
  readonly place: number
}

/** Behind every position. */
const END = 2 ** 30

/** @throws {@link InputError} `POSITION_OUT_OF_RANGE`, `POSITION_REPEATED`. */
export function checkPositions(positions: Positions = 'all', promptLength: number): void {
  if (positions === 'all' || positions === 'prompt' || positions === 'generated') return
  const fits = (p: unknown) => Number.isInteger(p) && (p as number) >= -promptLength && (p as number) < END
  const wrong = Array.isArray(positions) ? positions.find((position) => !fits(position)) : positions
  if (Array.isArray(positions) && wrong === undefined) {
    checkDistinct(positions, promptLength)
    return
  }
  throw new InputError(
    'POSITION_OUT_OF_RANGE',
    `A position is ${JSON.stringify(wrong)}; the prompt has the positions 0 to ${promptLength - 1}.`,
    "Give 'all', 'prompt', 'generated', or a list of whole numbers (negative ones count from the prompt's end).",
  )
}

function checkDistinct(positions: readonly number[], promptLength: number): void {
  const seen = new Set<number>()
  for (const given of positions) {
    const position = given < 0 ? given + promptLength : given
    if (seen.has(position))
      throw new InputError(
        'POSITION_REPEATED',
        `The list of positions names position ${position} twice (the prompt has ${promptLength} tokens).`,
        'Name each position once.',
      )
    seen.add(position)
  }
}

/** The positions as ranges; a list in its order, consecutive ones joined. */
export function toRanges(positions: Positions = 'all', promptLength: number): PositionRange[] {
  if (positions === 'all') return [{ first: 0, last: END, place: 0 }]
  if (positions === 'prompt') return [{ first: 0, last: promptLength, place: 0 }]
  if (positions === 'generated') return [{ first: promptLength, last: END, place: 0 }]
  const ranges: { first: number; last: number; place: number }[] = []
  positions.forEach((given, place) => {
    const position = given < 0 ? given + promptLength : given
    const previous = ranges.at(-1)
    if (previous?.last === position) previous.last++
    else ranges.push({ first: position, last: position + 1, place })
  })
  return ranges
}
