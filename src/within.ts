import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for the promise, but no longer than that; what it does then goes on unheeded. */
export async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const timeout = sleep(milliseconds, undefined, { signal: over.signal })
  await Promise.race([promise, timeout]).finally(() => over.abort())
}
