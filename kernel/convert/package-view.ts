import { existsSync, realpathSync } from 'node:fs'
import { dirname, parse, sep } from 'node:path'
import type { TypeScript } from './tslab.js'

const FOLDER = 'node_modules'
const VIEW = '__nir_packages__'
const NESTED = '__nir_nested__'

/**
 * Shows our `node_modules` to TypeScript under a path without that name.
 *
 * A cell's declarations are emitted for the next cells, and TypeScript refuses to name a type by a relative path
 * through `node_modules` (TS2742). So `const column = df.column('a')` fails wherever danfojs lies outside the
 * notebook's folder, unless its path looks like any other.
 */
export class PackageView {
  private readonly real: string
  private readonly view: string

  /** @param folder a `node_modules` folder */
  constructor(folder: string, cwd: string) {
    this.real = slashes(folder)
    this.view = `${slashes(parse(cwd).root)}${VIEW}`
  }

  /** The folder that `path` is shown under; `path` itself where it lies elsewhere. */
  shown(path: string): string {
    const real = slashes(path)
    if (!real.startsWith(`${this.real}/`)) return real
    return this.view + real.slice(this.real.length).replaceAll(`/${FOLDER}/`, `/${NESTED}/`)
  }

  /** Changes a copy of `ts.sys` so that shown paths can be read. */
  install(sys: TypeScript): void {
    for (const name of ['fileExists', 'readFile', 'directoryExists', 'getDirectories', 'readDirectory']) {
      const original = sys[name] as (path: string, ...rest: unknown[]) => unknown
      sys[name] = (path: string, ...rest: unknown[]) => original(this.hidden(path), ...rest)
    }
    const realpath = sys.realpath as (path: string) => string
    sys.realpath = (path: string) => this.shown(realpath(this.hidden(path)))
  }

  private hidden(path: string): string {
    // Packages inside the view look for their dependencies in its own node_modules folder.
    for (const prefix of [`${this.view}/${FOLDER}`, this.view]) {
      if (path !== prefix && !path.startsWith(`${prefix}/`)) continue
      return this.real + path.slice(prefix.length).replaceAll(`/${NESTED}/`, `/${FOLDER}/`)
    }
    return path
  }
}

/** The outermost `node_modules` folder that holds `path`, or the nearest one above it. */
export function packagesFolder(path: string): string {
  const real = slashes(realpathSync(path))
  const at = real.indexOf(`/${FOLDER}/`)
  if (at >= 0) return real.slice(0, at + FOLDER.length + 1)
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    const candidate = `${folder}/${FOLDER}`
    if (existsSync(candidate) || folder === dirname(folder)) return candidate
  }
}

function slashes(path: string): string {
  return sep === '\\' ? path.replaceAll('\\', '/') : path
}
