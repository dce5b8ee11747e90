import { inspect } from 'node:util'
import { CellTypeError } from '../errors.js'
import { trimStack } from './traces.js'

/** What a front end is told of an error. */
export interface ErrorContent {
  ename: string
  evalue: string
  traceback: string[]
}

/** Describes anything that a cell may throw. */
export function errorContent(error: unknown): ErrorContent {
  if (error instanceof CellTypeError) {
    return { ename: 'TypeScriptError', evalue: error.message, traceback: [...error.details] }
  }
  if (isError(error)) {
    const traceback = trimStack(safely(() => inspect(error, { depth: 3 }))).split('\n')
    return { ename: String(error.name), evalue: String(error.message), traceback }
  }
  const text = safely(() => inspect(error))
  return { ename: 'Thrown', evalue: text, traceback: [`Thrown: ${text}`] }
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

function safely(describe: () => string): string {
  try {
    return describe()
  } catch {
    return 'an error that cannot be shown'
  }
}
