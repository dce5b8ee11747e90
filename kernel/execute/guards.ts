import { GUARDS } from '../convert/await-checks.js'
import { CellInterrupted } from '../errors.js'
import { INTERRUPTED } from '../server/protocol.js'

let epoch = 0

/** Ends every wait of the notebook's code that is under way: its `await` throws when it comes back. */
export function interruptWaits(): void {
  epoch++
}

/** The number of interrupts so far; taken before a wait. */
export function currentEpoch(): number {
  return epoch
}

/** Passes on the outcome of a wait, unless an interrupt came since it began. */
export function checkEpoch<T>(before: number, value: T): T {
  if (before !== epoch) throw new CellInterrupted()
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
  const before = epoch
  for await (const item of items) yield checkEpoch(before, item)
}

/**
 * What the emitted code of cells, and of the files that they import, uses to end at an interrupt.
 *
 * @param flags memory shared with the server; loops look at its INTERRUPTED
 */
export function interruptGuards(flags: Int32Array): Record<string, unknown> {
  return {
    [GUARDS.epoch]: currentEpoch,
    [GUARDS.check]: checkEpoch,
    [GUARDS.iterate]: iterateChecked,
    [GUARDS.flags]: flags,
    [GUARDS.stop]: stopLoop(flags),
  }
}
