import { CellInterrupted } from '../errors.js'
import { bound, isLate } from './owners.js'

type Callback = (...values: unknown[]) => unknown
type Starter = (callback: Callback, ...rest: unknown[]) => unknown

/**
 * From now on, what timers call runs for the cell that started them. And an interval whose callback was interrupted ends:
 * it would loop again at once, and no other cell could run.
 */
export function ownTimers(): void {
  replace(globalThis, 'setTimeout', startOwned)
  replace(globalThis, 'setImmediate', startOwned)
  replace(globalThis, 'setInterval', (native) => startOwned(endingAtInterrupt(native)))
  // These come before any other cell can begin.
  replace(globalThis, 'queueMicrotask', startOwnedIfLate)
  replace(process, 'nextTick', startOwnedIfLate)
}

function startOwned(native: Starter): Starter {
  return (callback, ...rest) => native(bound(callback), ...rest)
}

function startOwnedIfLate(native: Starter): Starter {
  return (callback, ...rest) => native(isLate() ? bound(callback) : callback, ...rest)
}

function endingAtInterrupt(native: Starter): Starter {
  return (callback, ...rest) => {
    if (typeof callback !== 'function') return native(callback, ...rest)
    const guarded: Callback = (...values) => {
      try {
        callback(...values)
      } catch (error) {
        if (error instanceof CellInterrupted) clearInterval(interval)
        throw error
      }
    }
    const interval = native(guarded, ...rest) as NodeJS.Timeout
    return interval
  }
}

/** What hangs on the function, such as its form for `util.promisify`, stays. */
function replace<Holder extends object>(
  holder: Holder,
  name: keyof Holder & string,
  change: (native: Starter) => Starter,
): void {
  const native = holder[name] as Starter
  const changed = Object.defineProperties(change(native), Object.getOwnPropertyDescriptors(native))
  Object.assign(holder, { [name]: changed })
}
