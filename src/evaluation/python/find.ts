import { ChildEnded } from './child.js'
import { CPythonParser, type PythonParser } from './parser.js'

/** A parser where there is one, else why not. */
export interface FoundParser {
  readonly parser: PythonParser | null
  readonly reasons: readonly string[]
}

/** CPython from PATH, or the system's where that of PATH does not start. */
export async function findParser(
  commands: readonly string[] = ['python3', 'python', '/usr/bin/python3'],
): Promise<FoundParser> {
  for (const command of commands) {
    try {
      return { parser: await CPythonParser.start(command), reasons: [] }
    } catch (error) {
      if (!(error instanceof ChildEnded)) throw error
    }
  }
  return {
    parser: null,
    reasons: [
      'No python3 on PATH: syntax is not checked and metrics that need it stay empty. Install Python 3.8 or later.',
    ],
  }
}
