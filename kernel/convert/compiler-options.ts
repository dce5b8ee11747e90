import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PackageView } from './package-view.js'
import type { TypeScript } from './tslab.js'

/** Packages that cells can import although the notebook's folder has none. */
const PROVIDED_PACKAGES = [
  'danfojs-node',
  'simple-statistics',
  'plotly.js-dist-min',
  'node-llama-cpp',
] as const

/** TypeScript's own declarations of the language. */
export const LIBRARY = 'lib.es2023.d.ts'

const ownRequire = createRequire(import.meta.url)

/** Where the types of the session are: beside the module that provides it. */
function declarationsOf(api: URL): string {
  const path = fileURLToPath(api)
  return path.replace(/\.([cm]?)js$/, '.d.$1ts')
}

/**
 * What this kernel sets on top of tslab's compiler options: await anywhere, today's module resolution, a source map,
 * strict null checks (without them unions do not narrow), and our packages from any working directory.
 */
export function compilerOptions(
  ts: TypeScript,
  cwd: string,
  api: URL,
  view: PackageView,
): Record<string, unknown> {
  return {
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    // Files beside or above the notebook's folder may be imported too, and with their own extension.
    rootDir: parse(cwd).root,
    allowImportingTsExtensions: true,
    disableTopLevelAwait: false,
    inlineSourceMap: true,
    strict: true,
    noImplicitAny: false,
    strictPropertyInitialization: false,
    useUnknownInCatchVariables: false,
    lib: [LIBRARY],
    // Never the notebook's own: whatever @types it has, console, timers and fetch are those of the Node that runs.
    typeRoots: [view.shown(dirname(dirname(ownRequire.resolve('@types/node/package.json'))))],
    types: ['node'],
    paths: providedPaths(cwd, api, view),
  }
}

function providedPaths(cwd: string, api: URL, view: PackageView): Record<string, string[]> {
  const paths: Record<string, string[]> = { 'nir-lab': [view.shown(declarationsOf(api))] }
  for (const name of PROVIDED_PACKAGES) {
    if (isInstalledNear(cwd, name)) continue
    const folder = packageFolder(name)
    if (!folder) continue
    const shown = view.shown(folder)
    paths[name] = [shown]
    paths[`${name}/*`] = [`${shown}/*`]
  }
  return paths
}

function isInstalledNear(folder: string, name: string): boolean {
  if (existsSync(join(folder, 'node_modules', name, 'package.json'))) return true
  const parent = dirname(folder)
  return parent !== folder && isInstalledNear(parent, name)
}

function packageFolder(name: string): string | undefined {
  for (const folder of ownRequire.resolve.paths(name) ?? []) {
    if (existsSync(join(folder, name, 'package.json'))) return join(folder, name)
  }
  return undefined
}
