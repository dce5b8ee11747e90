import { delimiter, join } from 'node:path'
import { accessSync, constants } from 'node:fs'
import { ChildEnded } from '../python/child.js'
import { bubblewrapCommand } from './bubblewrap.js'
import { ServerPool, startServer, type ServerCommand } from './pool.js'
import { sandboxPythons } from './pythons.js'
import type { ProgramRunner } from './runner.js'
import { SERVER_ENVIRONMENT, serverArguments } from './server-command.js'

/** What runs programs on this machine; null where nothing may. */
export interface OpenedRunner {
  readonly runner: ProgramRunner | null
  /** A line each: what is missing and how to get it. */
  readonly reasons: readonly string[]
}

// The two places that are known to forbid user namespaces.
const ALLOW =
  'In Docker, run with --security-opt seccomp=unconfined --security-opt apparmor=unconfined; ' +
  'on Ubuntu 24.04, run sysctl kernel.apparmor_restrict_unprivileged_userns=0.'
const EMPTY = 'Tests are not run and pass columns stay empty.'

/**
 * Tries whether the sandbox works here, by starting one.
 *
 * @param workers sandboxes at the same time; null: programs are not run
 * @param allowUnsandboxed run programs without protection where no sandbox works
 */
export async function openRunner(workers: number | null, allowUnsandboxed: boolean): Promise<OpenedRunner> {
  if (workers === null)
    return { runner: null, reasons: [`The sandbox is switched off (sandbox: false). ${EMPTY}`] }
  const pythons = await sandboxPythons()
  const reason = missing(pythons.length > 0)
  const failures: string[] = []
  if (reason === null) {
    for (const python of pythons) {
      const opened = await open({ command: bubblewrapCommand(python, serverArguments()) }, true, workers)
      if (typeof opened !== 'string') return { runner: opened, reasons: [] }
      failures.push(`${python.executable}: ${opened}`)
    }
  }
  const why = reason ?? `bubblewrap does not start here (${failures.join('; ')}). ${ALLOW}`
  if (!allowUnsandboxed || pythons.length === 0) return { runner: null, reasons: [`${why} ${EMPTY}`] }
  const command = [pythons[0]!.executable, ...serverArguments()]
  const opened = await open({ command, env: { ...process.env, ...SERVER_ENVIRONMENT } }, false, workers)
  return typeof opened === 'string'
    ? { runner: null, reasons: [`${why} Without a sandbox: ${opened} ${EMPTY}`] }
    : { runner: opened, reasons: [`${why} Programs run WITHOUT a sandbox, as was allowed.`] }
}

async function open(
  command: ServerCommand,
  sandboxed: boolean,
  workers: number,
): Promise<ServerPool | string> {
  try {
    return new ServerPool(command, sandboxed, workers, await startServer(command))
  } catch (error) {
    if (!(error instanceof ChildEnded)) throw error
    return error.stderr.trim().split('\n').at(-1) || error.message
  }
}

function missing(hasPython: boolean): string | null {
  if (process.platform !== 'linux') return 'The sandbox needs Linux (bubblewrap).'
  if (!hasPython) return 'No python3 (3.8 or later) on PATH: install it.'
  if (!onPath('bwrap')) return 'bubblewrap is not installed: apt-get install bubblewrap.'
  if (process.getuid?.() === 0 && !onPath('setpriv'))
    return 'setpriv is not installed: apt-get install util-linux.'
  return null
}

function onPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
