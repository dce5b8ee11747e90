#!/usr/bin/env node
import { NirError } from '../errors.js'
import { packageVersion } from '../../kernel/version.js'
import { UsageError } from './errors.js'

const USAGE = `nir COMMAND

  nir kernel install     make the notebook kernel known to Jupyter
  nir kernel uninstall   take it away again
  nir run NOTEBOOK       run a notebook without Jupyter

  -h, --help             show this, or after a command its options
      --version          show the version`

process.exitCode = await main(process.argv.slice(2))

async function main([command, ...args]: string[]): Promise<number> {
  try {
    return await dispatch(command, args)
  } catch (error) {
    if (isUsageError(error)) {
      console.error(`nir: ${error.message}`)
      return 2
    }
    if (error instanceof NirError) {
      console.error(`nir: ${error.message}`)
      return 1
    }
    throw error
  }
}

async function dispatch(command: string | undefined, args: string[]): Promise<number> {
  switch (command) {
    case 'kernel':
      return (await import('./commands/kernel.js')).kernel(args)
    case 'run':
      return (await import('./commands/run.js')).run(args)
    case '--version':
      console.log(packageVersion())
      return 0
    case '-h':
    case '--help':
      console.log(USAGE)
      return 0
    default:
      throw new UsageError(
        command === undefined ? 'A command is missing.' : `There is no command "${command}".`,
        'See nir --help.',
      )
  }
}

function isUsageError(error: unknown): error is Error {
  if (error instanceof UsageError) return true
  return (
    error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
  )
}
