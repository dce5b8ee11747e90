import { randomUUID } from 'node:crypto'

type Json = Record<string, unknown>

/** Where libraries find the kernel's {@link Comms}: `globalThis[Symbol.for('nir.comms')]`. */
export const COMMS_HOOK = Symbol.for('nir.comms')

/** What one side of a comm sends to the other. */
export interface CommMessage {
  readonly data: Json
  readonly metadata: Json
  readonly buffers: readonly Uint8Array[]
}

/** What may go along with the data of a message. */
export interface CommExtra {
  metadata?: Json
  buffers?: readonly Uint8Array[]
}

type OnMessage = (message: CommMessage) => unknown
type OnOpen = (comm: Comm, message: CommMessage) => unknown
type Publish = (type: string, content: Json, extra: CommExtra) => void

/** A channel between the kernel and the front end, as widgets use it. */
export class Comm {
  private messageHandler: OnMessage | undefined
  private closeHandler: OnMessage | undefined
  private closed = false

  constructor(
    readonly id: string,
    /** The name under which the other side waits for comms. */
    readonly target: string,
    private readonly publish: Publish,
    private readonly forget: () => void,
  ) {}

  /** Sends data to the front end; after the comm was closed, nothing is sent. */
  send(data: Json, extra: CommExtra = {}): void {
    if (this.closed) return
    this.publish('comm_msg', { comm_id: this.id, data }, extra)
  }

  /** Closes the comm and tells the front end. */
  close(data: Json = {}, extra: CommExtra = {}): void {
    if (this.closed) return
    this.closed = true
    this.forget()
    this.publish('comm_close', { comm_id: this.id, data }, extra)
  }

  /** Called for each message of the front end. */
  onMessage(handler: OnMessage): void {
    this.messageHandler = handler
  }

  /** Called when the front end closes the comm. */
  onClose(handler: OnMessage): void {
    this.closeHandler = handler
  }

  /** @internal */
  take(type: 'comm_msg' | 'comm_close', message: CommMessage): unknown {
    if (type === 'comm_msg') return this.messageHandler?.(message)
    this.closed = true
    this.forget()
    return this.closeHandler?.(message)
  }
}

/** The comms of this kernel, and the targets that the front end may open comms to. */
export class Comms {
  private readonly byId = new Map<string, Comm>()
  private readonly targets = new Map<string, OnOpen>()

  constructor(private readonly publish: Publish) {}

  /**
   * Opens a comm to a target of the front end.
   *
   * @example
   * const comm = comms.open('my-widget', { value: 1 })
   * comm.onMessage(({ data }) => console.log(data))
   */
  open(target: string, data: Json = {}, extra: CommExtra = {}): Comm {
    const comm = this.add(randomUUID(), target)
    this.publish('comm_open', { comm_id: comm.id, target_name: target, data }, extra)
    return comm
  }

  /** Lets the front end open comms to `target`; `handler` gets each new comm and what it was opened with. */
  register(target: string, handler: OnOpen): void {
    this.targets.set(target, handler)
  }

  /** The content of a `comm_info_reply`. */
  info(request: Json): Json {
    const wanted = request['target_name']
    const comms = [...this.byId.values()].filter(({ target }) => !wanted || target === wanted)
    return {
      status: 'ok',
      comms: Object.fromEntries(comms.map(({ id, target }) => [id, { target_name: target }])),
    }
  }

  /** Takes a comm message of the front end; a comm whose target is unknown or fails is closed. */
  async hear(type: string, content: Json, metadata: Json, buffers: readonly Uint8Array[]): Promise<void> {
    const id = String(content['comm_id'])
    const data = (content['data'] ?? {}) as Json
    const message = { data, metadata, buffers }
    if (type === 'comm_open') return this.accept(id, String(content['target_name']), message)
    const comm = this.byId.get(id)
    if (!comm || (type !== 'comm_msg' && type !== 'comm_close')) return
    await comm.take(type, message)
  }

  private async accept(id: string, target: string, message: CommMessage): Promise<void> {
    const handler = this.targets.get(target)
    if (!handler) return this.publish('comm_close', { comm_id: id, data: {} }, {})
    const comm = this.add(id, target)
    try {
      await handler(comm, message)
    } catch (error) {
      comm.close()
      throw error
    }
  }

  private add(id: string, target: string): Comm {
    const comm = new Comm(id, target, this.publish, () => void this.byId.delete(id))
    this.byId.set(id, comm)
    return comm
  }
}
