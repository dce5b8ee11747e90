import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { SandboxPython } from './bubblewrap.js'

const execute = promisify(execFile)
const ASK = 'import sys; print(sys.executable); print(sys.base_prefix); print(sys.version_info >= (3, 8))'

/** The Pythons to try in a sandbox: first that of PATH, then the system's. Each is asked where it lives. */
export async function sandboxPythons(): Promise<SandboxPython[]> {
  const found: SandboxPython[] = []
  for (const command of ['python3', 'python', '/usr/bin/python3']) {
    const python = await describe(command)
    if (python && !found.some((other) => other.executable === python.executable)) found.push(python)
  }
  return found
}

async function describe(command: string): Promise<SandboxPython | null> {
  try {
    const { stdout } = await execute(command, ['-I', '-c', ASK], { timeout: 20_000 })
    const [executable, prefix, recent] = stdout.trim().split(/\r?\n/)
    return executable && prefix && recent === 'True' ? { executable, prefix } : null
  } catch {
    return null
  }
}
