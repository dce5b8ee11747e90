import type { JupyterMessage } from '../messaging/message.js'

/** Answers shell requests one at a time, in the order they came. */
export class ShellQueue {
  private readonly waiting: JupyterMessage[] = []
  private running = false

  constructor(private readonly handle: (message: JupyterMessage) => Promise<void>) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0
  }

  push(message: JupyterMessage): void {
    this.waiting.push(message)
    if (!this.running) void this.pump()
  }

  /** Takes out the execute requests that wait now: after an error they are answered with `aborted`. */
  takeExecuteRequests(): JupyterMessage[] {
    const isExecute = (message: JupyterMessage) => message.header.msg_type === 'execute_request'
    const taken = this.waiting.filter(isExecute)
    const kept = this.waiting.filter((message) => !isExecute(message))
    this.waiting.splice(0, this.waiting.length, ...kept)
    return taken
  }

  private async pump(): Promise<void> {
    this.running = true
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await this.handle(next)
    this.running = false
  }
}
