import { MessageChannel } from 'node:worker_threads'
import { CellInterrupted } from '../errors.js'
import { interruptWaits } from './owners.js'

const GRACE_MS = 100
const OBSERVED_GRACE_MS = 3000

/** Where `nir` finds the AbortSignal of the running cell. */
const SIGNAL = Symbol.for('nir.signal')

/** The AbortSignal of the running cell. Who takes it gets time to end at an interrupt. */
export function cellSignal(): AbortSignal | undefined {
  return (globalThis as { [SIGNAL]?: AbortSignal })[SIGNAL]
}

/**
 * One run of a cell, which ends when its code ends or when it is interrupted, whichever comes first. Terminated
 * execution drops promises, so the end is settled from outside the cell's own call stack.
 */
export class CellRun {
  private readonly controller = new AbortController()
  private settle!: { resolve: () => void; reject: (reason: unknown) => void }
  private readonly ended: Promise<void>
  private timer: NodeJS.Timeout | undefined
  private observed = false

  constructor() {
    this.ended = new Promise((resolve, reject) => {
      this.settle = { resolve, reject }
    })
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** Runs `body` and waits for its end; an interrupt that came before it began keeps it from beginning. */
  async start(body: (signal: AbortSignal) => unknown): Promise<void> {
    Object.defineProperty(globalThis, SIGNAL, {
      configurable: true,
      get: () => {
        this.observed = true
        return this.signal
      },
    })
    startFresh(() => void this.follow(body))
    try {
      await this.ended
    } finally {
      clearTimeout(this.timer)
      Reflect.deleteProperty(globalThis, SIGNAL)
    }
  }

  /**
   * Asks the cell to end: its AbortSignal fires, and its next `await` throws. A cell that took the signal gets
   * time to put things away; a second interrupt ends that time.
   */
  interrupt(): void {
    if (this.signal.aborted) return this.end()
    this.abort()
    this.timer = setTimeout(() => this.end(), this.observed ? OBSERVED_GRACE_MS : GRACE_MS)
  }

  /** The cell's execution was terminated. Tells whether that may have cut off the session's own code. */
  terminated(): boolean {
    if (!this.signal.aborted) this.abort()
    this.end()
    return this.observed
  }

  private async follow(body: (signal: AbortSignal) => unknown): Promise<void> {
    try {
      this.signal.throwIfAborted()
      await body(this.signal)
      this.settle.resolve()
    } catch (error) {
      this.settle.reject(error)
    }
  }

  private abort(): void {
    interruptWaits()
    this.controller.abort(new CellInterrupted())
  }

  private end(): void {
    this.settle.reject(this.signal.reason)
  }
}

/**
 * Calls `body` on an empty stack, as the handler of a port's message: of all the ways in, that is the one whose state
 * in Node survives a terminated execution (a cut-off setImmediate leaves the event loop spinning).
 */
function startFresh(body: () => void): void {
  const { port1, port2 } = new MessageChannel()
  port2.once('message', () => {
    port2.close()
    body()
  })
  port1.postMessage(null)
}
