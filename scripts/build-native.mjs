// Builds the addon in native/: takes llama.cpp's headers from node-llama-cpp's own git bundle, then calls
// node-gyp. Does nothing when the build is newer than its sources.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const native = join(root, 'native')
const headers = join(native, 'headers')
const addon = join(native, 'build', 'Release', 'nir_engine.node')

const llama = join(dirname(fileURLToPath(import.meta.resolve('node-llama-cpp'))), '..', 'llama')
const { tag } = JSON.parse(readFileSync(join(llama, 'llama.cpp.info.json'), 'utf8'))
const version = tag.replace(/^v/, '')

extractHeaders()
if (isStale()) compile()

function extractHeaders() {
  const stamp = join(headers, 'version.json')
  if (existsSync(stamp) && JSON.parse(readFileSync(stamp, 'utf8')).version === version) return
  const clone = mkdtempSync(join(tmpdir(), 'nir-llama-'))
  try {
    run('git', ['clone', '--quiet', '--no-checkout', join(llama, 'gitRelease.bundle'), clone])
    const commit = execFileSync('git', ['-C', clone, 'rev-list', '--all', '--max-count=1'], {
      encoding: 'utf8',
    }).trim()
    rmSync(headers, { recursive: true, force: true })
    mkdirSync(headers, { recursive: true })
    run('git', [
      `--work-tree=${headers}`,
      '-C',
      clone,
      'checkout',
      '--quiet',
      commit,
      '--',
      'include',
      'ggml/include',
    ])
    writeFileSync(stamp, JSON.stringify({ version }))
  } finally {
    rmSync(clone, { recursive: true, force: true })
  }
}

function isStale() {
  if (!existsSync(addon)) return true
  const built = statSync(addon).mtimeMs
  const sources = ['core', 'binding'].flatMap((room) =>
    readdirSync(join(native, room)).map((file) => join(native, room, file)),
  )
  return [join(native, 'binding.gyp'), join(headers, 'version.json'), ...sources].some(
    (file) => statSync(file).mtimeMs > built,
  )
}

function compile() {
  const gyp = require.resolve('node-gyp/bin/node-gyp.js')
  // Most installations of Node carry their own headers; without them node-gyp downloads them.
  const prefix = join(dirname(realpathSync(process.execPath)), '..')
  const local = existsSync(join(prefix, 'include', 'node', 'common.gypi')) ? [`--nodedir=${prefix}`] : []
  run(process.execPath, [gyp, 'rebuild', '--loglevel=error', ...local], native)
}

function run(command, args, cwd = root) {
  try {
    execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  } catch (error) {
    const missing = error.code === 'ENOENT'
    console.error(
      missing
        ? `nir: '${command}' is not installed; building the engine needs git, python3, make and a C++17 compiler (Debian: apt-get install git python3 build-essential).`
        : `nir: the engine does not build: '${command} ${args.join(' ')}' failed (exit ${error.status ?? error.signal}).`,
    )
    process.exit(1)
  }
}
