import type { ChildProcess } from 'node:child_process'
import { Dealer, Subscriber } from 'zeromq'
import { KernelDied } from '../errors.js'
import { address } from '../messaging/connection.js'
import type { JupyterMessage } from '../messaging/message.js'
import { Wire } from '../messaging/wire.js'
import { launchKernel, type LaunchedKernel, type LaunchOptions } from './launch.js'

type Content = Record<string, unknown>
type OnOutput = (type: string, content: Content) => void

interface Pending {
  reply: Content | undefined
  idle: boolean
  resolve(reply: Content): void
  reject(error: Error): void
}

const START_WITHIN_MS = 60_000
const KNOCK_EVERY_MS = 100

/** A client of one kernel that it started itself, over the kernel's real sockets. */
export class KernelClient {
  private readonly wire: Wire
  private readonly shell = new Dealer({ linger: 0 })
  private readonly control = new Dealer({ linger: 0 })
  private readonly iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0 })
  private readonly pending = new Map<string, Pending>()
  /** Of every execution: what a cell started may print when it has ended. */
  private readonly listeners = new Map<string, OnOutput>()
  private ended = false

  private constructor(private readonly kernel: LaunchedKernel) {
    this.wire = new Wire(kernel.connection.key)
    this.shell.connect(address(kernel.connection, 'shell'))
    this.control.connect(address(kernel.connection, 'control'))
    this.iopub.connect(address(kernel.connection, 'iopub'))
    this.iopub.subscribe()
    void this.receive(this.shell, (message) => this.onReply(message))
    void this.receive(this.control, (message) => this.onReply(message))
    void this.receive(this.iopub, (message) => this.onPublished(message))
    kernel.process.once('exit', (code, signal) => this.onExit(code, signal))
    kernel.process.once('error', () => this.onExit(null, null))
  }

  /**
   * Starts a kernel and waits until it answers.
   *
   * @throws KernelDied where it ends or stays silent for a minute.
   */
  static async start(options: LaunchOptions): Promise<KernelClient> {
    const client = new KernelClient(await launchKernel(options))
    try {
      await client.becomeReady()
    } catch (error) {
      // Open sockets would keep this process.
      await client.shutdown()
      throw error
    }
    return client
  }

  /** The kernel's process. */
  get process(): ChildProcess {
    return this.kernel.process
  }

  /** Runs code; resolves with the `execute_reply` when the reply and all output have arrived. */
  execute(code: string, onOutput?: OnOutput, metadata: Content = {}): Promise<Content> {
    const content = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: false,
    }
    return this.request(this.shell, 'execute_request', content, { onOutput, metadata })
  }

  /** Asks for anything else than an execution, such as completions; resolves with the content of the reply. */
  ask(type: string, content: Content): Promise<Content> {
    return this.request(this.shell, type, content)
  }

  /** Interrupts the running cell. */
  async interrupt(): Promise<void> {
    await this.request(this.control, 'interrupt_request', {})
  }

  /** Ends the kernel; kills it where it does not end within `milliseconds`. */
  async shutdown(milliseconds = 3000): Promise<void> {
    if (!this.ended) {
      const exited = new Promise<void>((resolve) => this.process.once('exit', () => resolve()))
      const timer = setTimeout(() => this.kill(), milliseconds)
      this.request(this.control, 'shutdown_request', { restart: false }).catch(() => undefined)
      await exited
      clearTimeout(timer)
    }
    for (const socket of [this.shell, this.control, this.iopub]) socket.close()
    this.kernel.cleanUp()
  }

  kill(): void {
    this.process.kill('SIGKILL')
  }

  private async becomeReady(): Promise<void> {
    const deadline = Date.now() + START_WITHIN_MS
    // A subscription may still be on its way when the first answers go out, so knock until one is heard in full.
    while (Date.now() < deadline) {
      const answered = this.ask('kernel_info_request', {})
      const silent = new Promise<'silent'>((resolve) => setTimeout(() => resolve('silent'), KNOCK_EVERY_MS))
      if ((await Promise.race([answered, silent])) !== 'silent') return
      answered.catch(() => undefined)
    }
    this.kill()
    throw new KernelDied(`The kernel did not answer within ${START_WITHIN_MS / 1000} s.`)
  }

  private request(
    socket: Dealer,
    type: string,
    content: Content,
    options: { onOutput?: OnOutput | undefined; metadata?: Content } = {},
  ): Promise<Content> {
    const header = this.wire.header(type)
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(new KernelDied('The kernel has ended.'))
      const { onOutput, metadata = {} } = options
      if (onOutput) this.listeners.set(header.msg_id, onOutput)
      this.pending.set(header.msg_id, { reply: undefined, idle: false, resolve, reject })
      const message = { identities: [], header, parent: {}, metadata, content, buffers: [] }
      socket.send(this.wire.encode(message)).catch(reject)
    })
  }

  private async receive(socket: Dealer | Subscriber, take: (message: JupyterMessage) => void): Promise<void> {
    for await (const frames of socket) take(this.wire.decode(frames as Buffer[]))
  }

  private onReply(message: JupyterMessage): void {
    const pending = this.pending.get(message.parent.msg_id ?? '')
    if (!pending) return
    pending.reply = message.content
    this.finish(message.parent.msg_id!, pending)
  }

  private onPublished({ header, parent, content }: JupyterMessage): void {
    const id = parent.msg_id ?? ''
    if (header.msg_type !== 'status') return this.listeners.get(id)?.(header.msg_type, content)
    const pending = this.pending.get(id)
    if (!pending || content['execution_state'] !== 'idle') return
    pending.idle = true
    this.finish(id, pending)
  }

  private finish(id: string, pending: Pending): void {
    if (!pending.reply || !pending.idle) return
    this.pending.delete(id)
    pending.resolve(pending.reply)
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.ended = true
    const how = signal === null ? `with code ${code}` : `by ${signal}`
    for (const { reject } of this.pending.values()) reject(new KernelDied(`The kernel ended ${how}.`))
    this.pending.clear()
  }
}
