import { NirError } from '../errors.js'

/** What was typed is not understood; the command line prints it in one line and exits with 2. */
export class UsageError extends NirError {
  constructor(message: string, remedy: string) {
    super('CLI_USAGE', message, remedy)
  }
}

/** A file is not a notebook that can be run. */
export class NotebookError extends NirError {
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super('NOTEBOOK', message, remedy, options)
  }
}
