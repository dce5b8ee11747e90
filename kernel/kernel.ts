import { COMMS_HOOK, Comms } from './comms.js'
import { CellConverter } from './convert/cell-converter.js'
import { Bundler } from './display/bundler.js'
import { createDisplay, DISPLAY_HOOK, isShown } from './display/display.js'
import { CellInterrupted } from './errors.js'
import { errorContent } from './execute/error-content.js'
import { Executor } from './execute/executor.js'
import { interruptGuards } from './execute/guards.js'
import { CellModules } from './execute/modules.js'
import { beginOwner, currentOwner, labelOwner, ownerOfError, type Owner } from './execute/owners.js'
import { SessionLoader } from './execute/session-loader.js'
import { redirectStreams } from './execute/streams.js'
import { ownTimers } from './execute/timers.js'
import { installTraces } from './execute/traces.js'
import { reportCommands, sh } from './functions/shell.js'
import { time } from './functions/time.js'
import { completeReply, inspectReply, isCompleteReply, textOf } from './handlers.js'
import { InputDesk } from './input.js'
import { PRELUDE, PRELUDE_HOOK } from './prelude.js'
import {
  INTERRUPTED,
  INTERRUPTIBLE,
  type CommDuringCell,
  type ForwardedRequest,
  type ToExecutor,
  type ToServer,
} from './server/protocol.js'

type Content = Record<string, unknown>

const CUT_OFF =
  'The cell was cut off while it used nir. Should nir not answer any more, restart the kernel.\n'

/** What the kernel's main thread needs. */
export interface KernelSetup {
  cwd: string
  /** The module that `nir-lab` stands for. */
  api: URL
  flags: Int32Array
  tell(message: ToServer): void
  exit(): void
}

/** The main thread of the kernel: converts and runs cells, and answers what needs their types. */
export class Kernel {
  private readonly converter: CellConverter
  private readonly executor: Executor
  private readonly sessions: SessionLoader
  private readonly desk: InputDesk
  private readonly bundler = new Bundler()
  private readonly screen: ReturnType<typeof createDisplay>
  private readonly comms = new Comms((type, content, { metadata = {}, buffers = [] }) => {
    const copies = buffers.map((buffer) => new Uint8Array(buffer))
    this.publish(type, content, { metadata: JSON.stringify(metadata), buffers: copies })
  })
  private count = 0
  private hidden = 0
  /** Whom the server takes outputs to belong to. */
  private told: Owner | undefined

  constructor(private readonly setup: KernelSetup) {
    installTraces()
    ownTimers()
    redirectStreams((name, text) => this.tell({ kind: 'stream', name, text }))
    this.reportStrayErrors()
    reportCommands((pid, isRunning) => setup.tell({ kind: 'command', pid, isRunning }))
    const loadApi = () => import(setup.api.href) as Promise<object>
    this.screen = createDisplay(this.bundler, () => {
      const owner = currentOwner()
      return {
        cell: owner?.cell ?? '',
        publish: (type, content) => this.publish(type, content, {}, owner),
      }
    })
    const { display, clear } = this.screen
    this.sessions = new SessionLoader(loadApi)
    this.desk = new InputDesk((prompt, password) => setup.tell({ kind: 'input', prompt, password }))
    this.converter = new CellConverter(setup.cwd, setup.api, (busy) => this.protect(busy))
    const guards = interruptGuards(setup.flags)
    const globals = { display, clear, input: this.desk.ask, sh, time, comms: this.comms }
    const hooks = { [DISPLAY_HOOK]: display, [COMMS_HOOK]: this.comms, [PRELUDE_HOOK]: PRELUDE }
    for (const hook of Object.getOwnPropertySymbols(hooks)) {
      // Not enumerable: who looks at globalThis looks for names of their own.
      const value: unknown = Reflect.get(hooks, hook)
      Object.defineProperty(globalThis, hook, { value, writable: true, configurable: true })
    }
    this.executor = new Executor(
      {
        converter: this.converter,
        modules: new CellModules(setup.cwd, loadApi, guards),
        cwd: setup.cwd,
        guards,
        sessions: this.sessions,
      },
      globals,
    )
  }

  /** Loads the types that the first cell needs, while nothing is asked for yet. */
  warmUp(): void {
    this.converter.convert(this.executor.declared, 'nir')
  }

  /** Takes a message of the server. */
  hear(message: ToExecutor): void {
    switch (message.kind) {
      case 'request':
        void this.answer(message)
        return
      case 'interrupt':
        Atomics.store(this.setup.flags, INTERRUPTED, 0)
        this.setup.tell({ kind: 'interrupt-seen' })
        this.desk.cancel()
        this.screen.abandon()
        return this.executor.interrupt()
      case 'terminated':
        if (this.executor.terminated()) process.stderr.write(CUT_OFF)
        return
      case 'input':
        return this.desk.answer(message.value)
      case 'comm':
        void this.hearComm(message).catch(this.reportComm)
        return
      case 'exit':
        void this.sessions.close().finally(() => this.setup.exit())
    }
  }

  private async answer(request: ForwardedRequest): Promise<void> {
    let content: string
    try {
      content = JSON.stringify(await this.handle(request))
    } catch (error) {
      content = JSON.stringify({ status: 'error', ...errorContent(error) })
    }
    this.setup.tell({ kind: 'reply', id: request.id, content })
  }

  private handle(request: ForwardedRequest): Content | Promise<Content> {
    const { converter, executor } = this
    switch (request.type) {
      case 'complete_request':
        return completeReply(converter, executor.declared, request.content)
      case 'inspect_request':
        return inspectReply(converter, executor.declared, request.content)
      case 'is_complete_request':
        return isCompleteReply(converter, request.content)
      case 'comm_info_request':
        return this.comms.info(request.content)
      case 'execute_request':
        return this.execute(request)
      default:
        return this.handleComm(request)
    }
  }

  private async execute({ header, content, metadata }: ForwardedRequest): Promise<Content> {
    const code = textOf(content['code'])
    const silent = content['silent'] === true
    const stored = !silent && content['store_history'] !== false
    const label = stored ? String(++this.count) : `*${++this.hidden}`
    this.desk.allowed = content['allow_stdin'] === true
    const owner = { header, cell: textOf(metadata['cellId']) || code }
    beginOwner(owner)
    labelOwner(label, owner)
    if (!silent) this.publish('execute_input', { code, execution_count: this.count })
    try {
      await this.executor.execute(code, label, async (value) => {
        if (!silent && value !== undefined) await this.publishResult(value, owner)
        // What it displays belongs to the cell, also what is shown late.
        await this.screen.settled()
      })
      const expressions = await this.evaluate(content['user_expressions'], owner)
      return { status: 'ok', execution_count: this.count, user_expressions: expressions, payload: [] }
    } catch (error) {
      const description = errorContent(error)
      if (!silent) this.publish('error', { ...description }, {}, owner)
      return { status: 'error', execution_count: this.count, ...description }
    }
  }

  private async handleComm(request: ForwardedRequest): Promise<Content> {
    beginOwner({ header: request.header, cell: '' })
    await this.executor.handle(() => this.hearComm(request)).catch(this.reportComm)
    return {}
  }

  private hearComm({ type, content, metadata, buffers }: Omit<CommDuringCell, 'kind'>): Promise<void> {
    return this.comms.hear(type, content, metadata, buffers)
  }

  /** Told to whom the handler runs for, not under the cell that registered it. */
  private readonly reportComm = (error: unknown): void =>
    this.reportStray('A comm handler failed', error, currentOwner())

  private async publishResult(value: unknown, owner: Owner): Promise<void> {
    if (isShown(value)) return
    const { data, metadata } = await this.bundler.bundle(value, owner.cell)
    this.publish('execute_result', { execution_count: this.count, data, metadata }, {}, owner)
  }

  private async evaluate(expressions: unknown, owner: Owner): Promise<Content> {
    const results: Content = {}
    if (typeof expressions !== 'object' || expressions === null) return results
    for (const [name, code] of Object.entries(expressions)) {
      try {
        await this.executor.execute(textOf(code), `*${++this.hidden}`, async (value) => {
          results[name] = { status: 'ok', ...(await this.bundler.bundle(value, owner.cell)) }
        })
      } catch (error) {
        results[name] = { status: 'error', ...errorContent(error) }
      }
    }
    return results
  }

  /** While the compiler works, the server must not terminate execution: every later cell uses its state. */
  private protect(busy: boolean): void {
    Atomics.store(this.setup.flags, INTERRUPTIBLE, busy ? 0 : 1)
  }

  private publish(
    type: string,
    content: Content,
    extra: { metadata?: string; buffers?: Uint8Array[] } = {},
    owner = currentOwner(),
  ): void {
    this.tell({ kind: 'publish', type, content: JSON.stringify(content), ...extra }, owner)
  }

  /** Sends an output of `owner`. */
  private tell(output: ToServer, owner = currentOwner()): void {
    if (owner && owner !== this.told) this.setup.tell({ kind: 'parent', header: owner.header })
    this.told = owner
    this.setup.tell(output)
  }

  private reportStrayErrors(): void {
    process.on('uncaughtException', (error) => this.reportStray('Uncaught error outside a cell', error))
    process.on('unhandledRejection', (error) =>
      this.reportStray('A promise was rejected and nothing awaited it', error),
    )
  }

  private reportStray(label: string, error: unknown, owner = ownerOfError(error)): void {
    // An interrupt ends background work of the notebook too, and that is no news.
    if (error instanceof CellInterrupted) return
    const { traceback } = errorContent(error)
    const text = `${label}: ${traceback.join('\n')}\n`
    this.tell({ kind: 'stream', name: 'stderr', text }, owner)
  }
}
