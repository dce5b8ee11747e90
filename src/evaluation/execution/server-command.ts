import { readFileSync } from 'node:fs'
import { pythonScript } from '../python/script.js'

const MODULES = ['values', 'peer', 'remote', 'subject', 'sources', 'judge', 'lockdown', 'server']

/** The arguments that make a `python3` the server at the head of a sandbox. */
export function serverArguments(): string[] {
  const source = (name: string) => readFileSync(pythonScript(`execution/sandbox/${name}.py`), 'utf8')
  const modules = MODULES.map((name) => [name, source(name)])
  return ['-s', '-B', '-c', source('bootstrap'), JSON.stringify(modules)]
}

/** A fixed hash seed: the order of sets, so a result, is the same in every run. */
export const SERVER_ENVIRONMENT = { PYTHONHASHSEED: '0', PYTHONUTF8: '1', LANG: 'C.UTF-8', HOME: '/tmp' }
