import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import { GUARDS } from '../convert/await-checks.js'
import type { CellConverter, ConvertedCell } from '../convert/cell-converter.js'
import { PRELUDE } from '../prelude.js'
import { CellRun } from './cell-run.js'
import type { CellModules } from './modules.js'
import { Scope } from './scope.js'
import type { SessionLoader } from './session-loader.js'
import { cellName, registerCell } from './traces.js'

type CellFunction = (...values: unknown[]) => Promise<unknown>

const SESSION = 'nir'
const USES_SESSION = /\bexports\.nir\b/
/** Needs no model, whose load takes seconds. */
const USES_MORE_THAN_HELP = /\bexports\.nir\b(?!\.help\b)/
const LINK = '__nir_link'

/** What the executor needs of the kernel around it. */
export interface ExecutorHost {
  converter: CellConverter
  modules: CellModules
  cwd: string
  /** What the emitted code of cells uses, by name. */
  guards: Readonly<Record<string, unknown>>
  sessions: Pick<SessionLoader, 'get' | 'getForHelp'>
}

/** Runs cells, one at a time, and keeps what they declare. */
export class Executor {
  private readonly scope: Scope
  private declarations = PRELUDE
  private run: CellRun | undefined
  private sessionShadowed = false

  constructor(
    private readonly host: ExecutorHost,
    globals: Record<string, unknown>,
  ) {
    this.scope = new Scope(globals)
  }

  /** The types of what the notebook has declared. */
  get declared(): string {
    return this.declarations
  }

  /**
   * Runs a cell and hands on the value of its last expression, awaited.
   *
   * @param label names the cell in stack traces
   * @param use takes the value; it is part of the run, so an interrupt ends it too
   * @throws CellTypeError, CellInterrupted, or whatever the cell throws
   */
  async execute(source: string, label: string, use: (value: unknown) => unknown): Promise<void> {
    const cell = this.host.converter.convert(this.declarations, source)
    // The compiler hands out a file once, so it is taken although an interrupt may keep the cell from running.
    this.host.modules.updateFiles(cell.files)
    this.run = new CellRun()
    try {
      await this.run.start(async (signal) => use(await this.evaluate(cell, source, label, signal)))
    } finally {
      // What a failed or interrupted cell had declared so far stays, as in other kernels.
      this.declarations = cell.declarations
      this.run = undefined
    }
  }

  /** Runs a handler of the notebook outside a cell, so that an interrupt ends it like a cell. */
  async handle(body: () => unknown): Promise<void> {
    this.run = new CellRun()
    try {
      await this.run.start(body)
    } finally {
      this.run = undefined
    }
  }

  interrupt(): void {
    this.run?.interrupt()
  }

  /** Execution was terminated; tells whether that may have cut off the session's own code. */
  terminated(): boolean {
    return this.run?.terminated() ?? false
  }

  private async evaluate(
    cell: ConvertedCell,
    source: string,
    label: string,
    signal: AbortSignal,
  ): Promise<unknown> {
    const { modules } = this.host
    await modules.prepare(cell.code)
    this.scope.declare(cell.names.all)
    if (cell.names.all.includes(SESSION)) this.sessionShadowed = true
    else if (!this.sessionShadowed && USES_SESSION.test(cell.code)) {
      const { sessions } = this.host
      const needsModel = USES_MORE_THAN_HELP.test(cell.code)
      this.scope.set(SESSION, await (needsModel ? sessions.get() : sessions.getForHelp()))
    }
    signal.throwIfAborted()
    registerCell(label, cell.map, source)
    await this.call(cell, label)
    return cell.lastExpression === undefined ? undefined : this.scope.take(cell.lastExpression)
  }

  private async call(cell: ConvertedCell, label: string): Promise<void> {
    const { modules, cwd, guards } = this.host
    const scope = {
      exports: this.scope.exports,
      require: modules.require,
      __dirname: cwd,
      ...guards,
      [GUARDS.import]: modules.import,
      [GUARDS.meta]: {
        url: pathToFileURL(join(cwd, 'cell.ts')).href,
        dirname: cwd,
        filename: join(cwd, 'cell.ts'),
      },
      [LINK]: this.scope.link,
    }
    const links = cell.names.variables.map((name) => `${name}: [() => ${name}, (v) => { ${name} = v }]`)
    const prologue = links.length > 0 ? `${LINK}({ ${links.join(', ')} });` : ''
    const code = `(async function (${Object.keys(scope).join(', ')}) {${prologue}\n${cell.code}\n})`
    const options = { filename: cellName(label), lineOffset: -1 }
    await (vm.runInThisContext(code, options) as CellFunction)(...Object.values(scope))
  }
}
