import type { MessageHeader } from '../messaging/message.js'
import type { Wire } from '../messaging/wire.js'
import { SendQueue, type FrameSocket } from './send-queue.js'

const FLUSH_AFTER_MS = 20
const FLUSH_AT_CHARACTERS = 65_536

/** What a message may carry besides its content. */
interface Extra {
  metadata?: Record<string, unknown>
  buffers?: Buffer[]
}

/**
 * Publishes on iopub in the order of the calls. Stream text is gathered and sent in pieces: at the latest after
 * 20 ms, and always before a message that comes after it.
 */
export class Publisher {
  private readonly queue: SendQueue
  private parent: Partial<MessageHeader> = {}
  private pending: { name: string; text: string[]; size: number; parent: Partial<MessageHeader> } | undefined
  private timer: NodeJS.Timeout | undefined

  constructor(
    socket: FrameSocket,
    private readonly wire: Wire,
  ) {
    this.queue = new SendQueue(socket)
  }

  /** The request that outputs from now on belong to. */
  setParent(parent: Partial<MessageHeader>): void {
    this.flush()
    this.parent = parent
  }

  stream(name: string, text: string): void {
    if (text === '') return
    if (this.pending && this.pending.name !== name) this.flush()
    this.pending ??= { name, text: [], size: 0, parent: this.parent }
    this.pending.text.push(text)
    this.pending.size += text.length
    if (this.pending.size >= FLUSH_AT_CHARACTERS) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS)
  }

  publish(type: string, content: Record<string, unknown>, extra: Extra = {}): void {
    this.flush()
    this.send(type, content, this.parent, extra)
  }

  status(state: 'busy' | 'idle' | 'starting', parent: Partial<MessageHeader>): void {
    this.flush()
    this.send('status', { execution_state: state }, parent)
  }

  /** Resolves when all that was published has been handed to ZeroMQ. */
  drain(): Promise<void> {
    this.flush()
    return this.queue.drain()
  }

  private flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (!this.pending) return
    const { name, text, parent } = this.pending
    this.pending = undefined
    this.send('stream', { name, text: text.join('') }, parent)
  }

  private send(
    type: string,
    content: Record<string, unknown>,
    parent: Partial<MessageHeader>,
    { metadata = {}, buffers = [] }: Extra = {},
  ): void {
    const header = this.wire.header(type)
    const topic = Buffer.from(type)
    this.queue.push(this.wire.encode({ identities: [topic], header, parent, metadata, content, buffers }))
  }
}
