import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const ROOT = join(import.meta.dirname, '../..')
const DIST = join(ROOT, 'dist')
const CACHE = join(ROOT, 'node_modules/.cache/nir-kernel-test')
const STALE_LOCK_MS = 120_000

/**
 * The folder of a fresh build: `dist`, or one of our own where `dist` is older than the sources. The kernel is a
 * process of its own, so it cannot run from TypeScript.
 */
export function built(): string {
  const newest = Math.max(...['src', 'kernel', 'bench'].map((folder) => newestIn(join(ROOT, folder))))
  const isFresh = (folder: string): boolean => modified(join(folder, '.tsbuildinfo')) >= newest
  if (isFresh(DIST)) return DIST
  const lock = `${CACHE}.lock`
  mkdirSync(CACHE, { recursive: true })
  while (!tryLock(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  try {
    if (!isFresh(CACHE)) build()
  } finally {
    rmSync(lock, { recursive: true, force: true })
  }
  return CACHE
}

/** Imports a module of the build, typed as its source. */
export function importBuilt<Module>(path: string): Promise<Module> {
  return import(pathToFileURL(join(built(), path)).href) as Promise<Module>
}

function build(): void {
  const info = join(CACHE, '.tsbuildinfo')
  rmSync(info, { force: true })
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', CACHE, '--tsBuildInfoFile', info]
  try {
    execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
  } catch (error) {
    // Types are checked elsewhere; what matters here is that files were written.
    if (!existsSync(join(CACHE, 'kernel/main.js'))) throw error
  }
}

function tryLock(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    if (Date.now() - modified(lock) > STALE_LOCK_MS) rmSync(lock, { recursive: true, force: true })
    return false
  }
}

function newestIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Math.max(...files.map((entry) => modified(join(entry.parentPath, entry.name))))
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
