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

/** Whose code runs, and after how many interrupts. Compared by identity first: every `await` looks at it twice. */
export interface Turn {
  readonly owner: Owner | undefined
  readonly epoch: number
}

let epoch = 0
/** Of the cell that runs, or ran last. */
let running: Turn = { owner: undefined, epoch }
/** Of the code that runs at the moment, which may be an earlier cell's. */
let current = running
/** What was thrown last out of code that was entered anew. */
let thrown: { error: unknown; owner: Owner | undefined } | undefined
const byLabel = new Map<string, Owner>()

/** From now on, `owner` runs. */
export function beginOwner(owner: Owner): void {
  running = current = { owner, epoch }
}

/** Code whose frames in traces bear `label` is run for `owner`. */
export function labelOwner(label: string, owner: Owner): void {
  byLabel.set(label, owner)
}

/** Ends every wait of the notebook's code that is under way: its `await` throws when it comes back. */
export function interruptWaits(): void {
  epoch++
  running = current = { owner: running.owner, epoch }
}

export function currentTurn(): Turn {
  return current
}

/** Whose code runs. */
export function currentOwner(): Owner | undefined {
  return current.owner
}

/** Whether the code that runs is an earlier cell's. */
export function isLate(): boolean {
  return current !== running
}

/** Code goes on after it waited, until it waits again. Tells whether it may: no interrupt came meanwhile. */
export function resumeTurn(turn: Turn): boolean {
  if (turn.epoch !== epoch) return false
  current = turn
  if (turn !== running) void endLate(turn)
  return true
}

/** The body of a `for await` begins as the third microtask after an async generator has passed on its item. */
async function endLate(turn: Turn): Promise<void> {
  for (let microtasks = 0; microtasks < 3; microtasks++) await null
  if (current === turn) current = running
}

/** A function that runs as code of whoever calls `bound` now; anything but a function stays as it is. */
export function bound<T>(callback: T): T {
  if (typeof callback !== 'function') return callback
  const { owner } = current
  const run = callback as unknown as (...values: unknown[]) => unknown
  return function (this: unknown, ...values: unknown[]): unknown {
    const before = current
    current = owner === running.owner ? running : { owner, epoch }
    try {
      return run.apply(this, values)
    } catch (error) {
      thrown = { error, owner }
      throw error
    } finally {
      current = before.epoch === epoch ? before : running
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
