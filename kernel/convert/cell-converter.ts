import { fileURLToPath } from 'node:url'
import { cellTransformer } from './await-checks.js'
import { compilerOptions } from './compiler-options.js'
import { typeError } from './diagnostics.js'
import { PackageView, packagesFolder } from './package-view.js'
import { CellMap, splitInlineMap } from './source-maps.js'
import {
  loadTslab,
  type QuickInfo,
  type TslabCompletion,
  type TslabConverter,
  type TypeScript,
} from './tslab.js'
import { WatchedFiles } from './watched-files.js'

/** A cell that is ready to run. */
export interface ConvertedCell {
  /** The body of a CommonJS module, with awaits at its top. */
  code: string
  /** The types of what the notebook has declared after this cell. */
  declarations: string
  /** The export that holds the value of the last expression. */
  lastExpression: string | undefined
  map: CellMap
  /** The user's TypeScript files that this cell imports, as CommonJS. */
  files: { path: string; data: string }[]
}

/** TypeScript in, runnable cells out; completion and inspection with the notebook's types. */
export class CellConverter {
  private readonly watched = new WatchedFiles()
  private readonly maps = new Map<string, CellMap>()
  private readonly tslab
  private readonly converter: TslabConverter

  /**
   * @param cwd the notebook's folder, where imports are resolved from
   * @param api the module that `nir-lab` stands for
   */
  constructor(cwd: string, api: URL) {
    this.tslab = loadTslab((copy, original) => this.change(copy, original, cwd, api))
    this.converter = this.tslab.createConverter()
  }

  /**
   * Converts a cell.
   *
   * @throws CellTypeError where TypeScript rejects it.
   */
  convert(declarations: string, source: string): ConvertedCell {
    this.watched.announceChanges()
    this.maps.clear()
    const result = this.converter.convert(declarations, source)
    if (result.diagnostics.length > 0) throw typeError(result.diagnostics, source)
    const code = result.output ?? ''
    return {
      code,
      declarations: result.declOutput ?? declarations,
      lastExpression: result.lastExpressionVar,
      map: this.maps.get(code) ?? new CellMap([]),
      files: result.sideOutputs ?? [],
    }
  }

  complete(declarations: string, source: string, position: number): TslabCompletion {
    return this.converter.complete(declarations, source, position)
  }

  inspect(declarations: string, source: string, position: number): QuickInfo | undefined {
    return this.converter.inspect(declarations, source, position)
  }

  isComplete(source: string): { completed: boolean; indent?: string } {
    return this.tslab.isCompleteCode(source)
  }

  private change(copy: TypeScript, original: TypeScript, cwd: string, api: URL): void {
    const view = new PackageView(packagesFolder(fileURLToPath(import.meta.url)), cwd)
    copy.sys = Object.assign(Object.create(original.sys) as object, {
      watchFile: this.watched.watch.bind(this.watched),
    })
    view.install(copy.sys)
    copy.createWatchCompilerHost = (root: unknown, options: object, ...rest: unknown[]) =>
      original.createWatchCompilerHost(
        root,
        { ...options, ...compilerOptions(original, cwd, api, view) },
        ...rest,
      )
    copy.transpileModule = (input: string, options: { compilerOptions: object }) => {
      const { code, map } = splitInlineMap(input)
      const result = original.transpileModule(code, {
        ...options,
        compilerOptions: { ...options.compilerOptions, inlineSourceMap: true },
        transformers: { before: [cellTransformer(original)] },
      })
      const output = splitInlineMap(result.outputText)
      const steps = [output.map, map].flatMap((step) => step ?? [])
      this.maps.set(output.code, new CellMap(steps))
      return { ...result, outputText: output.code }
    }
  }
}
