import { GUARDS } from '../convert/await-checks.js'
import { CellInterrupted } from '../errors.js'
import { INTERRUPTED } from '../server/protocol.js'
import { bound, currentTurn, resumeTurn, type Turn } from './owners.js'

/** Passes on the outcome of a wait, unless an interrupt came since it began. */
export function endWait<T>(begun: Turn, value: T): T {
  if (begun !== currentTurn() && !resumeTurn(begun)) throw new CellInterrupted()
  return value
}

/** Called by a loop that saw the flag: one interrupt is one exception, so that a `finally` may loop. */
function stopLoop(flags: Int32Array): () => never {
  return () => {
    Atomics.store(flags, INTERRUPTED, 0)
    throw new CellInterrupted()
  }
}

/** Passes on the items of an iterable until an interrupt comes. */
async function* iterateChecked<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  const begun = currentTurn()
  for await (const item of items) yield endWait(begun, item)
}

/**
 * What the emitted code of cells, and of the files that they import, uses to end at an interrupt.
 *
 * @param flags memory shared with the server; loops look at its INTERRUPTED
 */
export function interruptGuards(flags: Int32Array): Record<string, unknown> {
  return {
    [GUARDS.wait]: currentTurn,
    [GUARDS.check]: endWait,
    [GUARDS.bound]: bound,
    [GUARDS.resume]: resumeTurn,
    [GUARDS.iterate]: iterateChecked,
    [GUARDS.flags]: flags,
    [GUARDS.stop]: stopLoop(flags),
  }
}
