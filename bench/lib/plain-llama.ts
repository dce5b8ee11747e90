import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openBackend } from '../../src/engine/backend.js'
import { loadAddon } from '../../src/engine/native.js'
import { packageRoot } from '../../src/package-root.js'
import { cacheFolder } from './cache-folder.js'

/** Path of the libllama that the engine uses too. */
export async function libraryPath(): Promise<string> {
  await openBackend(false)
  return loadAddon().loadLibrary().path
}

/** Path of `bench/peers/plain-llama.cpp` as a program; compiled when it is not there or older than its sources. */
export function plainLlama(): string {
  const root = packageRoot()
  const sources = ['bench/peers/plain-llama.cpp', 'native/core/library.cpp']
  const stamp = 'native/headers/version.json'
  const program = join(cacheFolder(), 'plain-llama')
  const changed = [...sources, 'native/core/library.hpp', stamp].map(
    (file) => statSync(join(root, file)).mtimeMs,
  )
  if (existsSync(program) && statSync(program).mtimeMs > Math.max(...changed)) return program
  const { version } = JSON.parse(readFileSync(join(root, stamp), 'utf8')) as { version: string }
  mkdirSync(cacheFolder(), { recursive: true })
  const partial = `${program}.${process.pid}.part`
  const includes = ['native', 'native/headers/include', 'native/headers/ggml/include'].map(
    (path) => `-I${path}`,
  )
  const flags = ['-std=c++17', '-O2', '-pthread', ...includes, `-DNIR_LLAMA_VERSION="${version}"`]
  execFileSync(process.env['CXX'] ?? 'c++', [...flags, ...sources, '-ldl', '-o', partial], { cwd: root })
  renameSync(partial, program)
  return program
}
