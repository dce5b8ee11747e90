// What both `npm start` and `npm test` do first: install what is missing, build what is stale.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a command in the root with its output shown; ends the process when it fails. */
export function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) fail(`'${command}' cannot be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1))
}

export function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Node 20.19 or later is needed; this is ${process.version}.`)
  if (!isInstalled()) {
    console.log('nir: installing packages …')
    // Not `npm ci`: a lock file made on one platform may lack the optional packages of another.
    const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error']
    run(npm, ['install', ...options], { shell: process.platform === 'win32' })
  }
  console.log('nir: building …')
  run(process.execPath, [join(root, 'scripts', 'build-native.mjs')])
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'])
}

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Does node_modules hold what the lock file names? npm writes a copy of the lock file when it is done. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const got = JSON.parse(readFileSync(installed, 'utf8')).packages
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || got[path]?.version === entry.version,
  )
}

function fail(message) {
  console.error(`nir: ${message}`)
  process.exit(1)
}
