import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { SERVER_ENVIRONMENT } from './server-command.js'

/** A Python to run in the sandbox. */
export interface SandboxPython {
  readonly executable: string
  /** What it needs beside `/usr`, bound read-only. */
  readonly prefix: string
}

const NOBODY = '65534'
const ROOTS = ['/bin', '/lib', '/lib32', '/lib64', '/sbin']

/**
 * The command line of a sandbox around `python`: own namespaces (no network, no host processes), a read-only
 * `/usr`, an empty read-only `/tmp`, no `/proc`, no capabilities. Started by root it first becomes nobody, as the
 * limit on processes does not hold for root.
 */
export function bubblewrapCommand(python: SandboxPython, pythonArguments: readonly string[]): string[] {
  const asRoot = process.getuid?.() === 0
  return [
    ...(asRoot
      ? [
          'setpriv',
          '--reuid',
          NOBODY,
          '--regid',
          NOBODY,
          '--clear-groups',
          '--inh-caps=-all',
          '--no-new-privs',
        ]
      : []),
    'bwrap',
    ...[
      '--unshare-all',
      '--as-pid-1',
      '--die-with-parent',
      '--new-session',
      '--clearenv',
      '--cap-drop',
      'ALL',
    ],
    ...['--hostname', 'sandbox', '--ro-bind', '/usr', '/usr'],
    ...ROOTS.flatMap(systemFolder),
    ...(existsSync('/etc/ld.so.cache') ? ['--ro-bind', '/etc/ld.so.cache', '/etc/ld.so.cache'] : []),
    ...(python.prefix === '/usr' || python.prefix.startsWith('/usr/')
      ? []
      : ['--ro-bind', python.prefix, python.prefix]),
    ...['--dev', '/dev', '--remount-ro', '/dev', '--tmpfs', '/tmp', '--remount-ro', '/tmp'],
    ...['--remount-ro', '/', '--chdir', '/tmp'],
    ...Object.entries(SERVER_ENVIRONMENT).flatMap(([name, value]) => ['--setenv', name, value]),
    python.executable,
    ...pythonArguments,
  ]
}

function systemFolder(path: string): string[] {
  if (!existsSync(path)) return []
  return lstatSync(path).isSymbolicLink()
    ? ['--symlink', readlinkSync(path), path]
    : ['--ro-bind', path, path]
}
