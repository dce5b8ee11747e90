import { CellInterrupted, InputUnavailable } from './errors.js'

interface Waiting {
  resolve(value: string): void
  reject(reason: unknown): void
}

/** Asks the front end for lines of input, one question at a time. */
export class InputDesk {
  /** Whether the running request may ask. */
  allowed = false
  private waiting: Waiting | undefined

  constructor(private readonly send: (prompt: string, password: boolean) => void) {}

  /** The `input` of cells. */
  readonly ask = async (prompt = '', options: { password?: boolean } = {}): Promise<string> => {
    if (!this.allowed) throw new InputUnavailable()
    while (this.waiting) await new Promise((resolve) => setTimeout(resolve, 20))
    const answer = new Promise<string>((resolve, reject) => {
      this.waiting = { resolve, reject }
    })
    this.send(prompt, options.password === true)
    return answer
  }

  answer(value: string): void {
    this.waiting?.resolve(value)
    this.waiting = undefined
  }

  cancel(): void {
    this.waiting?.reject(new CellInterrupted())
    this.waiting = undefined
  }
}
