import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { kernelsFolder, type Target } from '../../../kernel/kernelspec/folders.js'
import {
  DEFAULT_NAME,
  installKernelspec,
  uninstallKernelspec,
} from '../../../kernel/kernelspec/kernelspec.js'
import { UsageError } from '../errors.js'
import { modelArgument } from '../model-argument.js'

export const usage = `nir kernel install [options]
nir kernel uninstall [options]

Makes the kernel known to Jupyter, or takes it away. Jupyter itself is not needed for this.

  --user          for you (default; JUPYTER_DATA_DIR is honoured)
  --prefix DIR    below DIR/share/jupyter, for example a virtual environment
  --sys-prefix    below the prefix of the active Python
  --name NAME     the kernel's name (default: ${DEFAULT_NAME})
  --model MODEL   the model for nir in these notebooks (path or URI)
  -h, --help      show this`

/** \`nir kernel\`: returns the exit code. */
export function kernel(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      user: { type: 'boolean' },
      prefix: { type: 'string' },
      'sys-prefix': { type: 'boolean' },
      name: { type: 'string' },
      model: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const folder = kernelsFolder(targetOf(values))
  const name = values.name ?? DEFAULT_NAME
  const model = values.model === undefined ? undefined : modelArgument(values.model)
  switch (positionals.join(' ')) {
    case 'install':
      console.log(`Installed the kernel in ${installKernelspec(folder, { name, model })}`)
      return 0
    case 'uninstall':
      console.log(`Removed the kernel from ${uninstallKernelspec(folder, name)}`)
      return 0
    default:
      throw new UsageError(`nir kernel does not know "${positionals.join(' ')}".`, 'See nir kernel --help.')
  }
}

function targetOf(values: { user?: boolean; prefix?: string; 'sys-prefix'?: boolean }): Target {
  const given = [values.user, values.prefix !== undefined, values['sys-prefix']].filter(Boolean)
  if (given.length > 1) {
    throw new UsageError('--user, --prefix and --sys-prefix exclude each other.', 'Give one of them.')
  }
  if (values.prefix !== undefined) return { kind: 'prefix', folder: resolve(values.prefix) }
  return values['sys-prefix'] ? { kind: 'prefix', folder: pythonPrefix() } : { kind: 'user' }
}

function pythonPrefix(): string {
  const active = process.env['VIRTUAL_ENV'] ?? process.env['CONDA_PREFIX']
  if (active) return active
  const python = process.platform === 'win32' ? 'python' : 'python3'
  try {
    return execFileSync(python, ['-c', 'import sys; print(sys.prefix)'], { encoding: 'utf8' }).trim()
  } catch {
    throw new UsageError(`--sys-prefix needs Python, and ${python} does not start.`, 'Use --prefix DIR.')
  }
}
