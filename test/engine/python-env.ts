import { spawnSync } from 'node:child_process'

const PYTHON = process.env['NIR_TEST_PYTHON'] ?? 'python3'

/** Is Python's own safetensors there for the tests? Where NIR_TEST_PYTHON or CI is set, it has to be. */
export const hasSafetensors = spawnSync(PYTHON, ['-c', 'import numpy, safetensors.numpy']).status === 0
if (!hasSafetensors) {
  const reason = `${PYTHON} lacks safetensors or numpy (set NIR_TEST_PYTHON)`
  if (process.env['CI'] ?? process.env['NIR_TEST_PYTHON']) throw new Error(reason)
  console.warn(`The tests against Python's safetensors are skipped: ${reason}.`)
}

/** Runs a script with arguments; its standard output is JSON. */
export function runPython(script: string, ...args: string[]): unknown {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', script, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}
