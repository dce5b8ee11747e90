import { ChildEnded } from './child.js'
import { CPythonParser, type PythonParser } from './parser.js'
import { PYODIDE_VERSION, PyodideParser, type PyodideModule } from './pyodide.js'

/** A parser where there is one, else why not. */
export interface FoundParser {
  readonly parser: PythonParser | null
  /** A line each: what is missing and how to get it. */
  readonly reasons: readonly string[]
}

const INSTALL = `Install Python 3.8 or later, or run: npm install pyodide@${PYODIDE_VERSION}`

/**
 * CPython from PATH, or the system's where that of PATH does not start; else Pyodide where it is installed.
 *
 * @param commands the Pythons to try
 * @param importPyodide imports the optional package
 */
export async function findParser(
  commands: readonly string[] = ['python3', 'python', '/usr/bin/python3'],
  importPyodide: () => Promise<PyodideModule> = installedPyodide,
): Promise<FoundParser> {
  for (const command of commands) {
    try {
      return { parser: await CPythonParser.start(command), reasons: [] }
    } catch (error) {
      if (!(error instanceof ChildEnded)) throw error
    }
  }
  const missing = 'No python3 on PATH'
  const module = await importPyodide().catch(() => null)
  if (!module)
    return { parser: null, reasons: [`${missing}: syntax and metrics that need it stay empty. ${INSTALL}.`] }
  if (module.version !== PYODIDE_VERSION)
    return { parser: null, reasons: [`${missing}, and pyodide is ${module.version}. ${INSTALL}.`] }
  return { parser: await PyodideParser.start(module), reasons: [`${missing}: Pyodide parses instead.`] }
}

function installedPyodide(): Promise<PyodideModule> {
  // Not a literal: the package is optional, and the compiler would want it.
  const name = 'pyodide'
  return import(name) as Promise<PyodideModule>
}
