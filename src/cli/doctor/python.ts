import { openRunner } from '../../evaluation/execution/open.js'
import { findParser } from '../../evaluation/python/find.js'
import { PYODIDE_VERSION } from '../../evaluation/python/pyodide.js'
import { absent, failed, ok, type Finding } from './finding.js'

const INSTALL = 'apt-get install python3'

/** What parses Python. */
export async function checkParser(): Promise<Finding> {
  const { parser, reasons } = await findParser()
  await parser?.close()
  if (!parser) return failed('Python', reasons.join(' '), INSTALL)
  const { kind, version } = parser
  if (kind === 'pyodide') return absent('Python', `${reasons.join(' ')} (Python ${version})`, INSTALL)
  return ok('Python', `${version}, parses the programs`)
}

/** The parser that stands in where there is no Python. */
export async function checkPyodide(): Promise<Finding> {
  const install = `npm install pyodide@${PYODIDE_VERSION}`
  const name = 'pyodide' // optional, so not a literal that the compiler would want
  const found = (await import(name).catch(() => null)) as { version: string } | null
  if (!found) return absent('Pyodide', 'not installed; only needed where there is no Python', install)
  return found.version === PYODIDE_VERSION
    ? ok('Pyodide', `${found.version}, parses where there is no Python`)
    : absent('Pyodide', `${found.version}, and only ${PYODIDE_VERSION} is used`, install)
}

/** The sandbox in which programs are tested: by starting one. */
export async function checkSandbox(): Promise<Finding> {
  const { runner, reasons } = await openRunner(1, false)
  await runner?.close()
  if (runner) return ok('sandbox', `bubblewrap works; Python ${runner.pythonVersion} runs the tests`)
  return failed('sandbox', reasons.join(' '), 'apt-get install bubblewrap, where user namespaces are allowed')
}
