import type { Router } from 'zeromq'
import type { JupyterMessage } from '../messaging/message.js'
import { Wire } from '../messaging/wire.js'
import { portsOf, readConnection } from '../messaging/connection.js'
import { complain } from './complain.js'
import { endProcess, noteGroup } from './end-process.js'
import { History } from './history.js'
import { Interrupter } from './interrupter.js'
import { kernelInfo } from './kernel-info.js'
import { CLOSED, type ServerData, type ToExecutor, type ToServer } from './protocol.js'
import { Publisher } from './publisher.js'
import { SendQueue } from './send-queue.js'
import { ShellQueue } from './shell-queue.js'
import { bindSockets, type Sockets } from './sockets.js'

type Content = Record<string, unknown>

const FORWARDED = new Set([
  'execute_request',
  'complete_request',
  'inspect_request',
  'is_complete_request',
  'comm_info_request',
])
const COMM = new Set(['comm_open', 'comm_msg', 'comm_close'])
/** What is sent together with a request comes within so long after it: on a busy machine sockets take their time. */
const IN_FLIGHT_MS = 50
const EXIT_AFTER_MS = 2000
const EXIT_COMPILER_AFTER_MS = 200

/** The message server: owns every socket, answers what needs no code, forwards the rest to the main thread. */
export class KernelServer {
  private readonly wire: Wire
  private readonly history: History
  private readonly publisher: Publisher
  private readonly shell: SendQueue
  private readonly control: SendQueue
  private readonly stdin: SendQueue
  private readonly queue = new ShellQueue((message) => this.onShell(message))
  private readonly interrupter: Interrupter
  private readonly replies = new Map<number, (content: Content) => void>()
  /** The execute request that runs, or ran last: what asks for input belongs to it. */
  private current: JupyterMessage | undefined
  private nextId = 1
  private isInCell = false

  private constructor(
    private readonly data: ServerData,
    key: string,
    private readonly sockets: Sockets,
    private readonly tell: (message: ToExecutor) => void,
  ) {
    this.wire = new Wire(key)
    this.history = new History(data.history)
    this.publisher = new Publisher(sockets.iopub, this.wire)
    this.shell = new SendQueue(sockets.shell)
    this.control = new SendQueue(sockets.control)
    this.stdin = new SendQueue(sockets.stdin)
    this.interrupter = new Interrupter(data.flags, tell)
  }

  /** Binds the sockets and serves. `tell` reaches the main thread. */
  static async start(data: ServerData, tell: (message: ToExecutor) => void): Promise<KernelServer> {
    const connection = readConnection(data.connectionFile)
    const server = new KernelServer(data, connection.key, await bindSockets(connection), tell)
    server.publisher.status('starting', {})
    void server.echoHeartbeat()
    void server.receive(server.sockets.shell, (message) => server.takeShell(message))
    void server.receive(server.sockets.control, (message) => void server.onControl(message))
    void server.receive(server.sockets.stdin, (message) =>
      tell({ kind: 'input', value: textOf(message.content['value']) }),
    )
    return server
  }

  /** Takes a message of the main thread. */
  hear(message: ToServer): void {
    switch (message.kind) {
      case 'parent':
        return this.publisher.setParent(message.header)
      case 'stream':
        return this.publisher.stream(message.name, message.text)
      case 'publish':
        return this.publish(message)
      case 'reply':
        this.replies.get(message.id)?.(JSON.parse(message.content) as Content)
        this.replies.delete(message.id)
        return
      case 'input':
        return this.askInput(message.prompt, message.password)
      case 'interrupt-seen':
        return this.interrupter.answered()
      case 'command':
        return noteGroup(message.pid, message.isRunning)
      case 'close':
        return void this.close()
    }
  }

  /** Sends what waits and closes the sockets; ends the process where code that runs at its exit does not. */
  private async close(): Promise<void> {
    await Promise.all([this.publisher.drain(), this.shell.drain(), this.control.drain()])
    for (const socket of Object.values(this.sockets) as Router[]) socket.close()
    this.interrupter.dispose()
    const flags = new Int32Array(this.data.flags)
    Atomics.store(flags, CLOSED, 1)
    Atomics.notify(flags, CLOSED)
    setTimeout(endProcess, EXIT_AFTER_MS)
  }

  private async echoHeartbeat(): Promise<void> {
    for await (const frames of this.sockets.hb) await this.sockets.hb.send(frames)
  }

  private async receive(socket: Router, take: (message: JupyterMessage) => void): Promise<void> {
    for await (const frames of socket) {
      try {
        take(this.wire.decode(frames))
      } catch (error) {
        complain(`ignored a message: ${(error as Error).message}`)
      }
    }
  }

  /** A cell that waits for a comm's message gets it while it runs; whatever else came keeps its place. */
  private takeShell(message: JupyterMessage): void {
    const { header, content, metadata, buffers } = message
    if (header.msg_type !== 'comm_msg' || !this.isInCell || !this.queue.isEmpty)
      return this.queue.push(message)
    this.publisher.status('busy', header)
    this.tell({ kind: 'comm', type: header.msg_type, content, metadata, buffers })
    this.publisher.status('idle', header)
  }

  private async onShell(message: JupyterMessage): Promise<void> {
    const type = message.header.msg_type
    const isExecute = type === 'execute_request'
    if (isExecute) this.current = message
    this.publisher.status('busy', message.header)
    this.isInCell = isExecute
    const begun = performance.now()
    const content = await this.answer(message)
    this.isInCell = false
    const aborted = isExecute && content ? await this.afterExecute(message, content, begun) : []
    if (content) this.reply(this.shell, message, content)
    this.publisher.status('idle', message.header)
    for (const request of aborted) {
      this.publisher.status('busy', request.header)
      this.reply(this.shell, request, { status: 'aborted' })
      this.publisher.status('idle', request.header)
    }
  }

  private async answer(message: JupyterMessage): Promise<Content | undefined> {
    const { content } = message
    const type = message.header.msg_type
    if (FORWARDED.has(type)) return this.forward(message)
    if (COMM.has(type)) {
      await this.forward(message)
      return undefined
    }
    switch (type) {
      case 'kernel_info_request':
        return kernelInfo(this.data.version)
      case 'history_request':
        return this.history.reply(content)
      case 'connect_request':
        return { status: 'ok', ...portsOf(readConnection(this.data.connectionFile)) }
      case 'shutdown_request':
        return this.shutDown(content)
      default:
        return unsupported(type)
    }
  }

  private forward(message: JupyterMessage): Promise<Content> {
    const id = this.nextId++
    return new Promise((resolve) => {
      this.replies.set(id, resolve)
      const { header, content, metadata, buffers } = message
      this.tell({ kind: 'request', id, type: header.msg_type, header, content, metadata, buffers })
    })
  }

  /** Keeps the input, and takes the requests that a failed cell aborts out of the queue. */
  private async afterExecute(
    message: JupyterMessage,
    content: Content,
    begun: number,
  ): Promise<JupyterMessage[]> {
    const { store_history: store, silent, code, stop_on_error: stop } = message.content
    if (store !== false && silent !== true) {
      this.history.add(Number(content['execution_count'] ?? 0), textOf(code))
    }
    if (content['status'] !== 'error' || stop === false) return []
    const left = begun + IN_FLIGHT_MS - performance.now()
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left))
    return this.queue.takeExecuteRequests()
  }

  private publish({ type, content, metadata, buffers = [] }: Extract<ToServer, { kind: 'publish' }>): void {
    const parsed = JSON.parse(content) as Content
    if (type === 'execute_result') {
      const { data, execution_count: line } = parsed as { data: Content; execution_count: number }
      this.history.addOutput(line, textOf(data['text/plain']))
    }
    this.publisher.publish(type, parsed, {
      metadata: metadata === undefined ? {} : (JSON.parse(metadata) as Content),
      buffers: buffers.map((buffer) => Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength)),
    })
  }

  private async onControl(message: JupyterMessage): Promise<void> {
    const type = message.header.msg_type
    this.publisher.status('busy', message.header)
    let content: Content | undefined
    if (type === 'kernel_info_request') content = kernelInfo(this.data.version)
    else if (type === 'shutdown_request') content = this.shutDown(message.content)
    else if (type === 'interrupt_request') {
      await this.interrupter.interrupt()
      content = { status: 'ok' }
    } else content = unsupported(type)
    if (content) this.reply(this.control, message, content)
    this.publisher.status('idle', message.header)
  }

  private shutDown(request: Content): Content {
    const content = { status: 'ok', restart: request['restart'] === true }
    // Leaves this turn to the reply; the main thread closes the session and ends the process.
    setTimeout(() => {
      this.tell({ kind: 'exit' })
      void this.interrupter.interrupt()
      // A compiler at work holds nothing that must be put away.
      const patience = this.interrupter.isAllowed ? EXIT_AFTER_MS : EXIT_COMPILER_AFTER_MS
      setTimeout(endProcess, patience)
    }, 50)
    return content
  }

  private reply(queue: SendQueue, request: JupyterMessage, content: Content): void {
    const type = request.header.msg_type.replace(/_request$/, '_reply')
    queue.push(
      this.wire.encode({
        identities: request.identities,
        header: this.wire.header(type),
        parent: request.header,
        metadata: {},
        content,
        buffers: [],
      }),
    )
  }

  private askInput(prompt: string, password: boolean): void {
    if (!this.current) return
    this.stdin.push(
      this.wire.encode({
        identities: this.current.identities,
        header: this.wire.header('input_request'),
        parent: this.current.header,
        metadata: {},
        content: { prompt, password },
        buffers: [],
      }),
    )
  }
}

/** The answer to a request that this kernel does not know; a message that is no request gets none. */
function unsupported(type: string): Content | undefined {
  if (!type.endsWith('_request')) return undefined
  const evalue = `This kernel does not support ${type}.`
  return { status: 'error', ename: 'UnsupportedRequest', evalue, traceback: [] }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
