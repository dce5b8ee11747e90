import { Session } from 'node:inspector'
import { INTERRUPTED, INTERRUPTIBLE, type ToExecutor } from './protocol.js'

const ANSWER_WITHIN_MS = 50
const MAX_TERMINATIONS = 50
/** So long may `finally` blocks run after a loop of the cell has thrown. */
const THROWN_WITHIN_MS = 1000

/**
 * Interrupts the main thread from the Worker. First it asks, by a message and by the flag that loops of cells look
 * at; a main thread that does neither within 50 ms is stuck in other code, so its execution is terminated, which
 * keeps the state of the notebook.
 */
export class Interrupter {
  private readonly flags: Int32Array
  private session: Session | undefined
  private waiting: (() => void)[] = []

  constructor(
    flags: SharedArrayBuffer,
    private readonly tell: (message: ToExecutor) => void,
  ) {
    this.flags = new Int32Array(flags)
  }

  /** Whether the main thread may be cut off now. The compiler must not be: its state is used by every later cell. */
  get isAllowed(): boolean {
    return Atomics.load(this.flags, INTERRUPTIBLE) === 1
  }

  /** Whether a loop of the cell has seen the interrupt, and thrown. */
  private get hasThrown(): boolean {
    return Atomics.load(this.flags, INTERRUPTED) === 0
  }

  /** The main thread has taken note of an interrupt. */
  answered(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  /** Resolves when the main thread has taken note. */
  async interrupt(): Promise<void> {
    const answered = new Promise<true>((resolve) => {
      this.waiting.push(() => resolve(true))
    })
    Atomics.store(this.flags, INTERRUPTED, 1)
    this.tell({ kind: 'interrupt' })
    for (let attempt = 0; attempt < MAX_TERMINATIONS; attempt++) {
      if (await Promise.race([answered, after(ANSWER_WITHIN_MS)])) return
      const isUnwinding = this.hasThrown && attempt * ANSWER_WITHIN_MS < THROWN_WITHIN_MS
      if (this.isAllowed && !isUnwinding) this.terminate()
    }
  }

  /** Lets go of the main thread; Node waits at its exit for whoever is connected. */
  dispose(): void {
    this.session?.disconnect()
    this.session = undefined
  }

  private terminate(): void {
    if (!this.session) {
      this.session = new Session()
      this.session.connectToMainThread()
    }
    this.session.post('Runtime.terminateExecution')
    this.tell({ kind: 'terminated' })
  }
}

function after(milliseconds: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), milliseconds))
}
