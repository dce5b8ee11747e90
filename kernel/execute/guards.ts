import { GUARDS } from '../convert/await-checks.js'
import { CellInterrupted } from '../errors.js'
import { INTERRUPTED } from '../server/protocol.js'
import { bound, currentOwner, resumeOwner, type Owner } from './owners.js'

/** What is known of a wait when it begins. */
export interface Wait {
  /** The number of interrupts so far. */
  readonly epoch: number
  readonly owner: Owner | undefined
}

let epoch = 0
let latest: Wait = { epoch, owner: undefined }

/** Ends every wait of the notebook's code that is under way: its `await` throws when it comes back. */
export function interruptWaits(): void {
  epoch++
}

/** Taken before a wait. */
export function beginWait(): Wait {
  const owner = currentOwner()
  if (latest.epoch !== epoch || latest.owner !== owner) latest = { epoch, owner }
  return latest
}

/** Passes on the outcome of a wait, unless an interrupt came since it began. */
export function endWait<T>(wait: Wait, value: T): T {
  if (wait.epoch !== epoch) throw new CellInterrupted()
  resumeOwner(wait.owner)
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
  const wait = beginWait()
  for await (const item of items) yield endWait(wait, item)
}

/**
 * What the emitted code of cells, and of the files that they import, uses to end at an interrupt.
 *
 * @param flags memory shared with the server; loops look at its INTERRUPTED
 */
export function interruptGuards(flags: Int32Array): Record<string, unknown> {
  return {
    [GUARDS.wait]: beginWait,
    [GUARDS.check]: endWait,
    [GUARDS.bound]: bound,
    [GUARDS.iterate]: iterateChecked,
    [GUARDS.flags]: flags,
    [GUARDS.stop]: stopLoop(flags),
  }
}
