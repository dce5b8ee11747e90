import { NirError } from '../errors.js'

/** The evaluator was used after {@link Evaluator.close}. */
export class EvaluatorClosedError extends NirError {
  constructor() {
    super('EVALUATOR_CLOSED', 'This evaluator is closed.', 'Make a new one with createEvaluator().')
  }
}

/** An option or a program has a value that cannot be used. */
export class EvaluationOptionError extends NirError {
  constructor(name: string, given: unknown, expected: string) {
    super(
      'EVALUATION_OPTION',
      `${name} is ${JSON.stringify(given) ?? String(given)}; expected ${expected}.`,
      `Change ${name}.`,
    )
  }
}

/** What was asked for needs a Python parser, and this machine has none. */
export class NoParserError extends NirError {
  constructor(reasons: readonly string[]) {
    super('NO_PYTHON_PARSER', `Nothing parses Python here. ${reasons.join(' ')}`, 'Install python3.')
  }
}

/** A sandbox that worked at the start can no longer be started. */
export class SandboxLostError extends NirError {
  constructor(detail: string, options?: ErrorOptions) {
    super(
      'SANDBOX_LOST',
      `A sandbox could not be started again: ${detail}`,
      'Make a new evaluator with createEvaluator(); its capabilities say what is missing.',
      options,
    )
  }
}
