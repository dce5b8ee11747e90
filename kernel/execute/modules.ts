import { createRequire, Module, isBuiltin } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import vm from 'node:vm'

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
  private readonly files = new Map<string, string>()
  private readonly fileModules = new Map<string, { exports: unknown }>()
  private readonly nativeImport: (specifier: string) => Promise<object>

  /**
   * @param cwd the notebook's folder
   * @param loadApi loads the module that `nir-lab` stands for
   */
  constructor(
    private readonly cwd: string,
    private readonly loadApi: () => Promise<object>,
  ) {
    const filename = join(cwd, 'cell.js')
    this.near = createRequire(filename)
    this.nativeImport = vm.runInThisContext('(specifier) => import(specifier)', {
      filename,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }) as (specifier: string) => Promise<object>
  }

  /** Takes the user's TypeScript files as they are now. */
  updateFiles(files: readonly { path: string; data: string }[]): void {
    if (files.length > 0) this.fileModules.clear()
    for (const { path, data } of files) this.files.set(resolve(path), data)
  }

  /** Loads every module that `code` requires by name. */
  async prepare(code: string): Promise<void> {
    const sources = [code, ...this.files.values()]
    for (const source of sources) {
      for (const [, specifier] of source.matchAll(REQUIRED)) await this.load(specifier!)
    }
  }

  /** The `require` of cells. */
  readonly require: Require = (specifier) => this.requireFrom(this.cwd, specifier)

  /** The `import()` of cells. */
  readonly import = async (specifier: string): Promise<unknown> => {
    const text = String(specifier)
    if (this.fileFor(this.cwd, text)) return this.require(text)
    if (text === PACKAGE) return this.loadApi()
    return this.nativeImport(this.resolveForImport(text))
  }

  private async load(specifier: string): Promise<void> {
    if (this.loaded.has(specifier) || isBuiltin(specifier) || isPath(specifier)) return
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

  private requireFrom(folder: string, specifier: string): unknown {
    const file = this.fileFor(folder, specifier)
    if (file) return this.runFile(file)
    if (isPath(specifier)) return this.near(resolve(folder, specifier))
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
  private fileFor(folder: string, specifier: string): string | undefined {
    if (!isPath(specifier)) return undefined
    const path = resolve(folder, specifier)
    const stem = path.replace(/\.[cm]?[jt]sx?$/, '')
    return [path, `${stem}.js`, `${path}.js`, join(path, 'index.js')].find((candidate) =>
      this.files.has(candidate),
    )
  }

  private runFile(path: string): unknown {
    const cached = this.fileModules.get(path)
    if (cached) return cached.exports
    const module = new Module(path) as Module & { _compile(code: string, path: string): void }
    module.filename = path
    module.paths = createRequire(path).resolve.paths('x') ?? []
    module.require = ((specifier: string) => this.requireFrom(dirname(path), specifier)) as NodeJS.Require
    this.fileModules.set(path, module)
    try {
      module._compile(this.files.get(path)!, path)
    } catch (error) {
      this.fileModules.delete(path)
      throw error
    }
    return module.exports
  }
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
