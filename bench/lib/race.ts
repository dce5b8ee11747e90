import { setTimeout } from 'node:timers/promises'
import type { Answer } from './child.js'
import type { Stepper } from './sides.js'

/** How a race is run. */
export interface RaceOptions {
  /** Turns that count. */
  readonly turns: number
  /** Steps of a turn that count. One more runs before them, which brings caches and threads back. */
  readonly steps: number
  /** Milliseconds before a turn. */
  readonly pause: number
  /** All sides have to choose the same tokens. */
  readonly sameTokens?: boolean | undefined
}

/** Steps that each side makes in a race, at most. */
export function stepsOf({ turns, steps }: RaceOptions): number {
  return (turns + 1) * (steps + 1)
}

/**
 * Lets the sides decode in turn, a few steps each, so that a machine which slows down slows all. One turn before does
 * not count.
 * @returns milliseconds of the single steps, a list a side.
 * @throws when the sides do not see the same number of cells.
 */
export async function race(sides: readonly Stepper[], options: RaceOptions): Promise<number[][]> {
  const { turns, steps, pause, sameTokens = false } = options
  const times: number[][] = sides.map(() => [])
  for (let turn = -1; turn < turns; turn++) {
    const answers: Answer[] = []
    for (const side of sides) {
      await setTimeout(pause)
      answers.push(await side.decode(steps + 1))
    }
    requireSame(
      'cells',
      answers.map(({ cells }) => cells),
    )
    if (sameTokens)
      requireSame(
        'last tokens',
        answers.map(({ tokens }) => tokens.join(' ')),
      )
    if (turn >= 0) answers.forEach(({ milliseconds }, side) => times[side]!.push(...milliseconds.slice(1)))
  }
  return times
}

function requireSame(what: string, values: readonly (string | number)[]): void {
  if (new Set(values).size > 1) throw new Error(`The sides differ in their ${what}: ${values.join(' / ')}.`)
}
