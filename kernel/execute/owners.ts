import type { MessageHeader } from '../messaging/message.js'

/**
 * Whose output it is. What a cell started may go on while later cells run, and what it prints then belongs to the cell
 * that started it. `AsyncLocalStorage` would tell, but may not be used here (docs/decisions/kernel-process.md), so the
 * ways in which a cell's code is entered anew carry its owner: timers (`timers.ts`), and in emitted code each
 * `await` and the functions that are given to emitters and promises (`await-checks.ts`). What comes in by another way
 * counts as the running cell's.
 */
export interface Owner {
  /** Of the request that runs the code. */
  readonly header: MessageHeader
  /** Names the cell, also when it runs again. */
  readonly cell: string
}

/** The one that runs, or ran last. */
let running: Owner | undefined
/** An earlier one whose code runs at the moment. */
let late: Owner | undefined
/** What was thrown last out of code that was entered anew. */
let thrown: { error: unknown; owner: Owner | undefined } | undefined
const byLabel = new Map<string, Owner>()

/** From now on, `owner` runs. */
export function beginOwner(owner: Owner): void {
  running = owner
  late = undefined
}

/** Code whose frames in traces bear `label` is run for `owner`. */
export function labelOwner(label: string, owner: Owner): void {
  byLabel.set(label, owner)
}

/** Whose code runs. */
export function currentOwner(): Owner | undefined {
  return late ?? running
}

/** Whether the code that runs is an earlier cell's. */
export function isLate(): boolean {
  return late !== undefined
}

/** Code of `owner` goes on after it waited, until it waits again. */
export function resumeOwner(owner: Owner | undefined): void {
  late = owner === running ? undefined : owner
  if (late) void Promise.resolve().then(() => (late = undefined))
}

/** A function that runs as code of whoever calls `bound` now; anything but a function stays as it is. */
export function bound<T>(callback: T): T {
  if (typeof callback !== 'function') return callback
  const owner = currentOwner()
  const run = callback as unknown as (...values: unknown[]) => unknown
  return function (this: unknown, ...values: unknown[]): unknown {
    const before = late
    late = owner === running ? undefined : owner
    try {
      return run.apply(this, values)
    } catch (error) {
      thrown = { error, owner }
      throw error
    } finally {
      late = before
    }
  } as T
}

/** Whose error it is that nothing caught: of whom it was thrown to us from, else of the outermost cell in its trace. */
export function ownerOfError(error: unknown): Owner | undefined {
  if (thrown && Object.is(thrown.error, error)) return thrown.owner
  const label = [...traceOf(error).matchAll(/^\s+at .*\bIn\[([^\]]+)\]/gm)].at(-1)?.[1]
  return (label === undefined ? undefined : byLabel.get(label)) ?? currentOwner()
}

function traceOf(error: unknown): string {
  try {
    return String((error as Error).stack)
  } catch {
    return ''
  }
}
