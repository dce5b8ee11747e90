import { fileURLToPath } from 'node:url'
import { CellPrograms } from './cell-programs.js'
import { compilerOptions, LIBRARY } from './compiler-options.js'
import { refineCompletion } from './completions.js'
import { toCommonJs, type CommonJs } from './common-js.js'
import { completeness, type Completeness } from './completeness.js'
import type { DeclaredNames } from './declared-names.js'
import { typeError } from './diagnostics.js'
import { joinLibrary } from './joined-library.js'
import { PackageView, packagesFolder } from './package-view.js'
import { syntaxErrors } from './syntax.js'
import { CellMap } from './source-maps.js'
import {
  loadTslab,
  type QuickInfo,
  type TslabCompletion,
  type TslabConverter,
  type TslabResult,
  type TypeScript,
} from './tslab.js'
import { annotateUnnameable, onlyUnnameable } from './unnameable.js'
import { copiedTypes, copiesOf, variablesIn, type CellVariable } from './variables.js'
import { WatchedFiles } from './watched-files.js'
import { namelessExports, withoutExports } from './without-exports.js'

/** The converter puts an export line before each cell. */
const PREFIX_LINES = 1

/** A file of the user that is ready to run. */
export interface ConvertedFile {
  /** The file that the user wrote. */
  path: string
  /** The body of a CommonJS module. */
  code: string
  map: CellMap
}

/** A cell that is ready to run. */
export interface ConvertedCell {
  /** The body of a CommonJS module, with awaits at its top. */
  code: string
  /** The types of what the notebook has declared after this cell. */
  declarations: string
  /** The export that holds the value of the last expression. */
  lastExpression: string | undefined
  map: CellMap
  names: DeclaredNames
  /** The user's files that this cell imports, directly or not, and that are new or have changed. */
  files: ConvertedFile[]
}

/** TypeScript in, runnable cells out; completion and inspection with the notebook's types. */
export class CellConverter {
  private readonly watched = new WatchedFiles()
  private readonly emitted = new Map<string, CommonJs>()
  private typescript: TypeScript
  private readonly converter: TslabConverter
  private programs!: CellPrograms

  /**
   * @param cwd the notebook's folder, where imports are resolved from
   * @param api the module that `nir-lab` stands for
   * @param onBusy told when the compiler starts and ends work that must not be cut off
   */
  constructor(
    cwd: string,
    api: URL,
    private readonly onBusy: (busy: boolean) => void = () => undefined,
  ) {
    onBusy(true)
    const tslab = loadTslab((copy, original) => this.change(copy, original, cwd, api))
    this.converter = tslab.createConverter()
    onBusy(false)
  }

  /**
   * Converts a cell.
   *
   * @throws CellTypeError where TypeScript rejects it.
   */
  convert(declarations: string, source: string): ConvertedCell {
    return this.whole(() => this.convertNow(declarations, source))
  }

  complete(declarations: string, written: string, position: number): TslabCompletion {
    return this.whole(() => {
      const source = withoutExports(this.typescript, written)
      const found = this.converter.complete(declarations, source, position)
      return refineCompletion(this.typescript, found, { declarations, source, position })
    })
  }

  inspect(declarations: string, source: string, position: number): QuickInfo | undefined {
    return this.whole(() =>
      this.converter.inspect(declarations, withoutExports(this.typescript, source), position),
    )
  }

  /**
   * The variables that a cell declares, and the declarations after it. Nothing is run.
   *
   * @throws CellTypeError where TypeScript rejects the cell.
   */
  variables(declarations: string, source: string): { declarations: string; variables: CellVariable[] } {
    const after = this.convert(declarations, source).declarations
    const found = variablesIn(this.typescript, source)
    const copies = this.convert(after, copiesOf(found.map(({ name }) => name)))
    const types = copiedTypes(this.typescript, copies.declarations, found.length)
    return { declarations: after, variables: found.map((one, at) => ({ ...one, type: types[at]! })) }
  }

  completeness(source: string): Completeness {
    return completeness(this.typescript, source)
  }

  private whole<T>(work: () => T): T {
    this.onBusy(true)
    try {
      return work()
    } finally {
      this.onBusy(false)
    }
  }

  private convertNow(declarations: string, source: string): ConvertedCell {
    const broken = [...syntaxErrors(this.typescript, source), ...namelessExports(this.typescript, source)]
    if (broken.length > 0) throw typeError(broken, source)
    this.watched.announceChanges()
    this.emitted.clear()
    const result = this.named(declarations, withoutExports(this.typescript, source))
    if (result.diagnostics.length > 0) {
      throw typeError(result.diagnostics, source, (name) => this.programs.textOf(name))
    }
    const code = result.output ?? ''
    const { steps = [], names = { all: [], variables: [] } } = this.emitted.get(code) ?? {}
    return {
      code,
      declarations: (result.declOutput ?? declarations) + this.programs.nestedDeclarations(),
      lastExpression: result.lastExpressionVar,
      map: new CellMap(steps, PREFIX_LINES),
      names,
      files: this.programs.takeEmitted().map(({ source, data }) => this.file(source, data)),
    }
  }

  private file(path: string, data: string): ConvertedFile {
    const { target } = this.programs.options
    const compilerOptions = { target, module: this.typescript.ModuleKind.CommonJS, esModuleInterop: true }
    const { code, steps } = toCommonJs(this.typescript, data, { compilerOptions, isCell: false })
    return { path, code, map: new CellMap(steps, 0) }
  }

  private named(declarations: string, source: string): TslabResult {
    const result = this.converter.convert(declarations, source)
    if (!onlyUnnameable(result.diagnostics)) return result
    const annotated = annotateUnnameable(source, result.diagnostics)
    return annotated === undefined ? result : this.converter.convert(declarations, annotated)
  }

  private change(copy: TypeScript, original: TypeScript, cwd: string, api: URL): void {
    this.typescript = original
    const view = new PackageView(packagesFolder(fileURLToPath(import.meta.url)), cwd)
    copy.sys = Object.assign(Object.create(original.sys) as object, {
      watchFile: this.watched.watch.bind(this.watched),
      getCurrentDirectory: () => cwd,
    })
    view.install(copy.sys)
    joinLibrary(copy.sys, LIBRARY)
    copy.createWatchCompilerHost = (root: unknown, options: object, ...rest: unknown[]) =>
      original.createWatchCompilerHost(
        root,
        { ...options, ...compilerOptions(original, cwd, api, view) },
        ...rest,
      )
    copy.createWatchProgram = (host: TypeScript) => (this.programs = new CellPrograms(original, host))
    copy.createPrinter = () => ({ printFile: (file: TypeScript) => this.programs.print(file) })
    copy.transpileModule = (input: string, options: { compilerOptions: object }) => {
      const cell = toCommonJs(original, input, { ...options, isCell: true })
      this.emitted.set(cell.code, cell)
      return { outputText: cell.code }
    }
  }
}
