#!/usr/bin/env node
import { NirError } from '../errors.js'
import { packageVersion } from '../../kernel/version.js'
import { exitCode, UsageError } from './errors.js'

/** A command of `nir`, loaded when it is asked for. */
interface Command {
  /** What it does, for the list of commands. */
  summary: string
  /** Takes what stands behind the command's name; resolves with the exit code. */
  run(args: string[]): Promise<number>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  compare: {
    summary: 'compare two studies',
    run: async (args) => (await import('./commands/compare.js')).compare(args),
  },
  doctor: {
    summary: 'tell what is there, what is missing, and how to get it',
    run: async (args) => (await import('./commands/doctor.js')).doctor(args),
  },
  kernel: {
    summary: 'make the notebook kernel known to Jupyter, or take it away again',
    run: async (args) => (await import('./commands/kernel.js')).kernel(args),
  },
  merge: {
    summary: 'merge studies, such as those of shards, into one',
    run: async (args) => (await import('./commands/merge.js')).merge(args),
  },
  report: {
    summary: 'make a report of a study',
    run: async (args) => (await import('./commands/report.js')).report(args),
  },
  run: {
    summary: 'run a notebook without Jupyter',
    run: async (args) => (await import('./commands/run.js')).run(args),
  },
  status: {
    summary: 'say how far a study is',
    run: async (args) => (await import('./commands/status.js')).status(args),
  },
  sweep: {
    summary: 'run a study, or go on with it',
    run: async (args) => (await import('./commands/sweep.js')).sweep(args),
  },
  worker: {
    summary: 'work on the units of a sweep that others hand out over Redis',
    run: async (args) => (await import('./commands/worker.js')).worker(args),
  },
}

process.exitCode = await main(process.argv.slice(2))

async function main([command, ...args]: string[]): Promise<number> {
  try {
    return await dispatch(command, args)
  } catch (error) {
    if (!(error instanceof NirError) && !isParseError(error)) throw error
    console.error(`nir: ${error.message}`)
    return error instanceof NirError ? exitCode(error) : 2
  }
}

async function dispatch(command: string | undefined, args: string[]): Promise<number> {
  switch (command) {
    case undefined:
      throw new UsageError('A command is missing.', 'See nir --help.')
    case '--version':
      console.log(packageVersion())
      return 0
    case '-h':
    case '--help':
      console.log(usage())
      return 0
  }
  const found = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
  if (!found) throw new UsageError(`There is no command "${command}".`, 'See nir --help.')
  return found.run(args)
}

function usage(): string {
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${`nir ${name}`.padEnd(15)} ${summary}`,
  )
  return `nir COMMAND

${lines.join('\n')}

  -h, --help      show this, or after a command its options
      --version   show the version`
}

/** An error of Node's parseArgs: an option that a command does not have, or one without its value. */
function isParseError(error: unknown): error is Error {
  return (
    error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
  )
}
