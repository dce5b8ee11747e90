import { inspect } from 'node:util'
import { NirError } from '../src/errors.js'

/** Lines of a command's error output that an error repeats. */
const TAIL_LINES = 10

/** A connection file or a message that does not follow the Jupyter messaging protocol. */
export class ProtocolError extends NirError {
  constructor(
    message: string,
    remedy = 'Start the kernel through Jupyter or `nir run`.',
    options?: ErrorOptions,
  ) {
    super('KERNEL_PROTOCOL', message, remedy, options)
  }
}

/** A cell that TypeScript rejects. `message` holds the first diagnostic; {@link details} holds all, with their lines. */
export class CellTypeError extends NirError {
  /** One formatted diagnostic an entry: position, message and the line of the cell. */
  readonly details: readonly string[]

  constructor(message: string, details: readonly string[]) {
    super('CELL_TYPE', message, '')
    this.details = details
  }
}

/** A file that a cell imports waits while it is loaded, which a CommonJS module cannot. */
export class TopLevelAwait extends NirError {
  constructor(path: string) {
    super(
      'TOP_LEVEL_AWAIT',
      `${path} has an await at its top level, which only cells and .mjs files may have.`,
      'Move it into an exported async function, and await that in a cell.',
    )
  }
}

/** The running cell was interrupted. It is also the `reason` of the cell's AbortSignal. */
export class CellInterrupted extends NirError {
  constructor() {
    super('CELL_INTERRUPTED', 'The cell was interrupted.', '')
  }
}

/** A cell asked for input where the front end gives none. */
export class InputUnavailable extends NirError {
  constructor() {
    super(
      'INPUT_UNAVAILABLE',
      'The front end that runs this notebook cannot be asked for input.',
      'Pass the value as a parameter: nir run -p name=value.',
    )
  }
}

/** A cell asked for the end of the process, which is the kernel. */
export class ExitRefused extends NirError {
  constructor(code: unknown) {
    super(
      'EXIT_REFUSED',
      `process.exit(${code === undefined ? '' : inspect(code)}) would end the kernel, with all that the notebook has.`,
      'To end the cell, throw an error; to end the kernel, use Kernel > Restart or Kernel > Shut Down.',
    )
  }
}

/** A command of `sh` ended with an exit code other than 0, or by a signal. */
export class ShellError extends NirError {
  /** The exit code; `null`: it was ended by {@link ShellError.signal}. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string

  constructor(
    command: string,
    { exitCode, signal, stdout, stderr }: Pick<ShellError, 'exitCode' | 'signal' | 'stdout' | 'stderr'>,
  ) {
    const how = exitCode === null ? `was ended by ${signal}` : `ended with exit code ${exitCode}`
    const tail = stderr.trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
    super('SHELL_FAILED', `${command.trim()}\n${how}${tail === '' ? '.' : `:\n${tail}`}`, '')
    this.exitCode = exitCode
    this.signal = signal
    this.stdout = stdout
    this.stderr = stderr
  }
}

/** A command of `sh` cannot be run as it was given. */
export class ShellInputError extends NirError {
  constructor(message: string, remedy: string) {
    super('SHELL_INPUT', message, remedy)
  }
}

/** A kernelspec could not be installed or removed. */
export class KernelspecError extends NirError {
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super('KERNELSPEC', message, remedy, options)
  }
}

/** The kernel process ended or fell silent while a client waited for it. */
export class KernelDied extends NirError {
  constructor(message: string, remedy = 'Run the notebook again; the lines above may say why it ended.') {
    super('KERNEL_DIED', message, remedy)
  }
}

/** A cell ran longer than the limit. */
export class CellTimeout extends NirError {
  constructor(seconds: number) {
    super(
      'CELL_TIMEOUT',
      `The cell ran longer than ${seconds} s.`,
      'Raise --timeout, or pass 0 for no limit.',
    )
  }
}
