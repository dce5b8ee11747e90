import { complain } from './complain.js'

/** The part of a ZeroMQ socket that sends. */
export interface FrameSocket {
  send(frames: Buffer[]): Promise<void>
}

/** Sends one message after another: ZeroMQ.js rejects a send while another waits (EBUSY). */
export class SendQueue {
  private tail: Promise<void> = Promise.resolve()

  constructor(private readonly socket: FrameSocket) {}

  push(frames: Buffer[]): void {
    this.tail = this.tail.then(() => this.socket.send(frames)).catch(report)
  }

  drain(): Promise<void> {
    return this.tail
  }
}

function report(error: unknown): void {
  complain(`a message could not be sent: ${String(error)}`)
}
