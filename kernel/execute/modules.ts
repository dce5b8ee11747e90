import { createRequire, isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import { GUARDS } from '../convert/await-checks.js'
import type { ConvertedFile } from '../convert/cell-converter.js'
import { TopLevelAwait } from '../errors.js'
import { registerFile } from './traces.js'

type Require = (specifier: string) => unknown

const PACKAGE = 'nir-lab'
const REQUIRED = /\brequire\("((?:[^"\\]|\\.)+)"\)/g
const ASYNC_ONLY = new Set(['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE', 'ERR_PACKAGE_PATH_NOT_EXPORTED'])

/**
 * What cells import. A cell runs as CommonJS, which cannot load modules with a top-level await, so its imports are
 * loaded before it runs. Modules come from the notebook's folder, else from ours; `nir-lab` is always this package.
 */
export class CellModules {
  private readonly near: NodeJS.Require
  private readonly own = createRequire(import.meta.url)
  private readonly loaded = new Map<string, unknown>()
  private readonly files = new Map<string, ConvertedFile>()
  private readonly fileModules = new Map<string, { exports: unknown }>()
  private readonly nativeImport: (specifier: string) => Promise<object>

  /**
   * @param cwd the notebook's folder
   * @param loadApi loads the module that `nir-lab` stands for
   * @param guards what the emitted code of cells and files uses, by name
   */
  constructor(
    private readonly cwd: string,
    private readonly loadApi: () => Promise<object>,
    private readonly guards: Readonly<Record<string, unknown>>,
  ) {
    const filename = join(cwd, 'cell.js')
    this.near = createRequire(filename)
    this.nativeImport = vm.runInThisContext('(specifier) => import(specifier)', {
      filename,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }) as (specifier: string) => Promise<object>
  }

  /** Takes the user's files as they are now. */
  updateFiles(files: readonly ConvertedFile[]): void {
    if (files.length > 0) this.fileModules.clear()
    for (const file of files) {
      this.files.set(file.path, file)
      registerFile(file.path, file.map)
    }
  }

  /** Loads every module that `code`, and the user's files, require by name. */
  async prepare(code: string): Promise<void> {
    const files = [...this.files].map(([path, file]) => [dirname(path), file.code] as const)
    for (const [folder, source] of [[this.cwd, code] as const, ...files]) {
      for (const [, specifier] of source.matchAll(REQUIRED)) await this.load(folder, specifier!)
    }
  }

  /** The `require` of cells. */
  readonly require: Require = (specifier) => this.requireFrom(this.cwd, specifier)

  /** The `import()` of cells. */
  readonly import = (specifier: string): Promise<unknown> => this.importFrom(this.cwd, specifier)

  private async importFrom(folder: string, specifier: string): Promise<unknown> {
    const text = String(specifier)
    if (this.fileFor(folder, text)) return this.requireFrom(folder, text)
    if (text === PACKAGE) return this.loadApi()
    return this.nativeImport(isPath(text) ? hrefOf(folder, text) : this.resolveForImport(text))
  }

  private async load(folder: string, specifier: string): Promise<void> {
    if (isPath(specifier)) return this.loadPath(folder, specifier)
    if (this.loaded.has(specifier) || isBuiltin(specifier)) return
    if (specifier === PACKAGE) {
      this.loaded.set(specifier, asCommonJs(await this.loadApi()))
      return
    }
    try {
      this.loaded.set(specifier, this.requirePackage(specifier))
    } catch (error) {
      if (!ASYNC_ONLY.has((error as NodeJS.ErrnoException).code ?? '')) return
      this.loaded.set(specifier, asCommonJs(await this.nativeImport(this.resolveForImport(specifier))))
    }
  }

  /** Of the user's own modules only those that Node runs as they are may have a top-level await. */
  private async loadPath(folder: string, specifier: string): Promise<void> {
    const path = resolve(folder, specifier)
    if (!path.endsWith('.mjs') || this.loaded.has(path)) return
    this.loaded.set(path, asCommonJs(await this.nativeImport(hrefOf(folder, specifier))))
  }

  private requireFrom(folder: string, specifier: string): unknown {
    const file = this.fileFor(folder, specifier)
    if (file) return this.runFile(file)
    if (isPath(specifier)) {
      const path = resolve(folder, specifier)
      return this.loaded.has(path) ? this.loaded.get(path) : this.near(path)
    }
    return this.loaded.has(specifier) ? this.loaded.get(specifier) : this.requirePackage(specifier)
  }

  private requirePackage(specifier: string): unknown {
    try {
      return this.near(specifier) as unknown
    } catch (error) {
      if (!isMissing(error, specifier)) throw error
      try {
        return this.own(specifier) as unknown
      } catch (ownError) {
        throw isMissing(ownError, specifier) ? error : ownError
      }
    }
  }

  private resolveForImport(specifier: string): string {
    if (isBuiltin(specifier) || isPath(specifier) || specifier.includes(':')) return specifier
    try {
      this.near.resolve(specifier)
      return specifier
    } catch (error) {
      if (!isMissing(error, specifier)) return specifier
    }
    try {
      return import.meta.resolve(specifier)
    } catch {
      return specifier
    }
  }

  /** The compiled file of the user that `specifier` names, if it is one. */
  private fileFor(folder: string, specifier: string): ConvertedFile | undefined {
    if (!isPath(specifier)) return undefined
    const path = resolve(folder, specifier)
    const stem = path.replace(/\.[jt]sx?$/, '')
    const candidates = [
      `${stem}.ts`,
      path,
      `${path}.ts`,
      `${path}.js`,
      join(path, 'index.ts'),
      join(path, 'index.js'),
    ]
    return candidates.map((candidate) => this.files.get(candidate)).find((file) => file !== undefined)
  }

  private runFile(file: ConvertedFile): unknown {
    const { path } = file
    const cached = this.fileModules.get(path)
    if (cached) return cached.exports
    const module = { exports: {} }
    const folder = dirname(path)
    const scope = {
      ...this.guards,
      exports: module.exports,
      module,
      require: (specifier: string) => this.requireFrom(folder, specifier),
      __filename: path,
      __dirname: folder,
      [GUARDS.import]: (specifier: string) => this.importFrom(folder, specifier),
      [GUARDS.meta]: { url: pathToFileURL(path).href, dirname: folder, filename: path },
    }
    this.fileModules.set(path, module)
    try {
      compile(file, Object.keys(scope))(...Object.values(scope))
    } catch (error) {
      this.fileModules.delete(path)
      throw error
    }
    return module.exports
  }
}

function compile({ path, code }: ConvertedFile, names: readonly string[]): (...values: unknown[]) => void {
  const wrapped = (kind: string): string => `(${kind} (${names.join(', ')}) {\n${code}\n})`
  const options = { filename: path, lineOffset: -1 }
  try {
    return vm.runInThisContext(wrapped('function'), options) as (...values: unknown[]) => void
  } catch (error) {
    if (compiles(wrapped('async function'))) throw new TopLevelAwait(path)
    throw error
  }
}

function compiles(code: string): boolean {
  try {
    return Boolean(new vm.Script(code))
  } catch {
    return false
  }
}

function hrefOf(folder: string, specifier: string): string {
  return pathToFileURL(resolve(folder, specifier)).href
}

/** A namespace that TypeScript's CommonJS helpers treat as an ES module. */
function asCommonJs(namespace: object): object {
  const view = Object.create(null) as Record<string, unknown>
  for (const name of Object.keys(namespace)) {
    Object.defineProperty(view, name, {
      enumerable: true,
      get: () => (namespace as Record<string, unknown>)[name],
    })
  }
  return Object.defineProperty(view, '__esModule', { value: true })
}

function isPath(specifier: string): boolean {
  return /^(\.{0,2}\/|\.{1,2}$|[A-Za-z]:[\\/])/.test(specifier)
}

function isMissing(error: unknown, specifier: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'MODULE_NOT_FOUND' && message.includes(`'${specifier}'`)
}
