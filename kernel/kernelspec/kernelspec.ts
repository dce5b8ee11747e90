import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KernelspecError } from '../errors.js'
import { LOGO } from './logo.js'

/** The name under which Jupyter knows the kernel, unless another is asked for. */
export const DEFAULT_NAME = 'nir'

/** The content of a `kernel.json`. */
export interface Kernelspec {
  argv: string[]
  display_name: string
  language: string
  interrupt_mode: 'message'
  env?: Record<string, string>
  metadata: Record<string, unknown>
}

const NAME = /^[A-Za-z0-9._-]+$/

/**
 * The command that starts the kernel. Without the first flag, Node ends the process at the first await after an
 * execution was terminated; without the second, it prints into notebooks that `require` loads ES modules. The third
 * (MB) gives the compiler's short-lived objects room to die before they are copied: a quarter of a cell's time. The
 * fourth skips V8's interpreter, in which the compiler would run for the first dozens of cells: a tenth.
 */
export function kernelCommand(connectionFile: string): string[] {
  const main = fileURLToPath(new URL('../main.js', import.meta.url))
  const flags = [
    '--no-force-async-hooks-checks',
    '--disable-warning=ExperimentalWarning',
    '--max-semi-space-size=32',
    '--always-sparkplug',
  ]
  return [process.execPath, ...flags, main, connectionFile]
}

/** The kernelspec of this installation. */
export function kernelspec(options: { model?: string | undefined; name?: string } = {}): Kernelspec {
  const { model, name = DEFAULT_NAME } = options
  return {
    argv: kernelCommand('{connection_file}'),
    display_name: name === DEFAULT_NAME ? 'TypeScript (NIR)' : `TypeScript (NIR: ${name})`,
    language: 'typescript',
    interrupt_mode: 'message',
    ...(model === undefined ? {} : { env: { NIR_MODEL: model } }),
    metadata: { debugger: false },
  }
}

/**
 * Writes the kernelspec below `folder` and returns where.
 *
 * @throws KernelspecError for a name that Jupyter does not take, or a folder that cannot be written.
 */
export function installKernelspec(
  folder: string,
  options: { name?: string; model?: string | undefined } = {},
): string {
  const { name = DEFAULT_NAME, model } = options
  const place = placeOf(folder, name)
  try {
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'logo-svg.svg'), LOGO)
    writeFileSync(join(place, 'kernel.json'), `${JSON.stringify(kernelspec({ model, name }), null, 2)}\n`)
  } catch (cause) {
    throw new KernelspecError(
      `The kernelspec cannot be written to ${place}.`,
      'Choose a folder that you may write to with --prefix, or use --user.',
      { cause },
    )
  }
  return place
}

/**
 * Removes the kernelspec below `folder` and returns where it was.
 *
 * @throws KernelspecError where there is none, or where it is another kernel's.
 */
export function uninstallKernelspec(folder: string, name = DEFAULT_NAME): string {
  const place = placeOf(folder, name)
  const file = join(place, 'kernel.json')
  if (!existsSync(file)) {
    throw new KernelspecError(
      `There is no kernelspec in ${place}.`,
      'See `jupyter kernelspec list` for the names.',
    )
  }
  const { argv = [] } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kernelspec>
  if (!isOurs(argv)) {
    throw new KernelspecError(
      `The kernelspec in ${place} is not NIR Lab's.`,
      'Remove it by hand if you mean it.',
    )
  }
  rmSync(place, { recursive: true })
  return place
}

/** Whether a kernelspec's command starts a kernel of NIR Lab. */
export function isOurs(argv: readonly string[]): boolean {
  return argv.some((argument) => /[\\/]kernel[\\/]main\.js$/.test(argument))
}

function placeOf(folder: string, name: string): string {
  if (NAME.test(name)) return join(folder, name.toLowerCase())
  throw new KernelspecError(
    `"${name}" is no name for a kernel.`,
    'Use letters, digits, dots, hyphens and underscores.',
  )
}
