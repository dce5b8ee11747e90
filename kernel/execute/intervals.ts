import { CellInterrupted } from '../errors.js'

/** An interval whose callback was interrupted ends; it would loop again at once, and no other cell could run. */
export function endIntervalsAtInterrupt(): void {
  const native = globalThis.setInterval
  const guarded = (
    callback: (...args: unknown[]) => unknown,
    delay?: number,
    ...args: unknown[]
  ): NodeJS.Timeout => {
    const interval = native(() => {
      try {
        callback(...args)
      } catch (error) {
        if (error instanceof CellInterrupted) clearInterval(interval)
        throw error
      }
    }, delay)
    return interval
  }
  globalThis.setInterval = guarded as typeof setInterval
}
