import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const LIMIT_MS = 30_000

/** What a command prints on stdout; null where it cannot be started, fails, or takes too long. */
export async function outputOf(command: string, args: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { timeout: LIMIT_MS, killSignal: 'SIGKILL' })
    return stdout
  } catch {
    return null
  }
}
