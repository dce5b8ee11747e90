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

/** A value that a parameter was given is not of the type that the notebook declares. */
export class ParameterTypeError extends UsageError {
  /** @param expected the declared type; undefined where the notebook does not declare the parameter */
  constructor(
    readonly parameter: string,
    readonly given: string,
    readonly expected: string | undefined,
    why: string,
  ) {
    const type = expected === undefined ? '' : ` is ${expected}, and`
    super(
      `The parameter ${parameter}${type} cannot be ${given || 'empty text'}: ${why}`,
      'See nir run NOTEBOOK --help-notebook.',
    )
  }
}

/** A process that does a part of the work ended, or was ended, before it answered. */
export class ChildFailed extends NirError {
  constructor(
    /** How it ended, in a few words. */
    readonly how: string,
    /** The end of what it wrote on stderr. */
    readonly stderr: string,
  ) {
    super('CLI_CHILD', `A process of nir ${how}. ${stderr}`.trim(), 'See nir doctor for what is missing.')
  }
}

/** Errors of what was asked for, not of doing it; by name, so that nothing is loaded to say so. */
const ASKED_WRONGLY = ['ConfigError', 'SweepOptionError', 'ProblemOptionError']

/** 2: what was asked for is wrong; 3: a study is held or was begun otherwise; 1: it failed. */
export function exitCode(error: NirError): number {
  if (error instanceof UsageError || ASKED_WRONGLY.includes(error.name) || error.code === 'REDIS_URL_INVALID')
    return 2
  return error.code === 'STUDY_IN_USE' || error.code === 'STUDY_DIFFERS' ? 3 : 1
}
