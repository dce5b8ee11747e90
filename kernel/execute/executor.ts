import vm from 'node:vm'
import type { CellConverter, ConvertedCell } from '../convert/cell-converter.js'
import { GUARDS } from '../convert/await-checks.js'
import { PRELUDE } from '../prelude.js'
import { CellRun } from './cell-run.js'
import { checkEpoch, currentEpoch, iterateChecked } from './guards.js'
import type { CellModules } from './modules.js'
import { cellName, registerCell } from './traces.js'

type CellFunction = (...values: unknown[]) => Promise<unknown>

const USES_SESSION = /\bexports\.nir\b/

/** What the executor needs of the kernel around it. */
export interface ExecutorHost {
  converter: CellConverter
  modules: CellModules
  cwd: string
  /** The session behind `nir`. */
  session(): Promise<object>
  /** Marks whether user code runs, and so may be terminated. */
  interruptible(yes: boolean): void
}

/** Runs cells, one at a time, and keeps what they declare. */
export class Executor {
  private readonly exports: Record<string, unknown>
  private declarations = PRELUDE
  private run: CellRun | undefined

  constructor(
    private readonly host: ExecutorHost,
    globals: Record<string, unknown>,
  ) {
    this.exports = rewritable({ ...globals })
  }

  /**
   * Runs a cell and returns the value of its last expression, awaited.
   *
   * @param label names the cell in stack traces
   * @throws CellTypeError, CellInterrupted, or whatever the cell throws
   */
  async execute(source: string, label: string): Promise<unknown> {
    const cell = this.host.converter.convert(this.declarations, source)
    this.run = new CellRun()
    this.host.interruptible(true)
    let value: unknown
    try {
      await this.run.start(async () => {
        value = await this.evaluate(cell, label)
      })
    } finally {
      // What a failed or interrupted cell had declared so far stays, as in other kernels.
      this.declarations = cell.declarations
      this.host.interruptible(false)
      this.run = undefined
    }
    return value
  }

  /** The types of what the notebook has declared. */
  get declared(): string {
    return this.declarations
  }

  interrupt(): void {
    this.run?.interrupt()
  }

  terminated(): void {
    this.run?.terminated()
  }

  private async evaluate(cell: ConvertedCell, label: string): Promise<unknown> {
    const { modules } = this.host
    modules.updateFiles(cell.files)
    await modules.prepare(cell.code)
    if (USES_SESSION.test(cell.code)) this.exports['nir'] = await this.host.session()
    registerCell(label, cell.map)
    const scope = {
      exports: this.exports,
      require: modules.require,
      __dirname: this.host.cwd,
      [GUARDS.import]: modules.import,
      [GUARDS.epoch]: currentEpoch,
      [GUARDS.check]: checkEpoch,
      [GUARDS.iterate]: iterateChecked,
    }
    const code = `(async function (${Object.keys(scope).join(', ')}) {${cell.code}\n})`
    const body = vm.runInThisContext(code, { filename: cellName(label) }) as CellFunction
    await body(...Object.values(scope))
    if (cell.lastExpression === undefined) return undefined
    const value = this.exports[cell.lastExpression]
    this.exports[cell.lastExpression] = undefined
    return value
  }
}

/** TypeScript defines imported names as getters; cells may declare the same names again. */
function rewritable(target: Record<string, unknown>): Record<string, unknown> {
  return new Proxy(target, {
    defineProperty(object, name, descriptor) {
      if (name === '__esModule') return true
      object[name as string] = descriptor.get ? (descriptor.get.call(object) as unknown) : descriptor.value
      return true
    },
  })
}
