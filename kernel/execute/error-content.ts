import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import { CellTypeError } from '../errors.js'
import { withCodeFrame } from './traces.js'

/** What a front end is told of an error. */
export interface ErrorContent {
  ename: string
  evalue: string
  traceback: string[]
}

/** The shape of our own errors; the class may come from another copy of this package. */
interface Deliberate extends Error {
  code: string
  remedy: string
}

const FRAME = /^\s+at /
const CELL_FRAME = /^\s+at .*\bIn\[/
const LIBRARY_FRAME = /\bnode:|[\\/]node_modules[\\/]|<anonymous>/
/** Of this package's code. */
const OWN_FOLDER = fileURLToPath(new URL('../..', import.meta.url))
const MATCHING = /^\s+\.\.\. \d+ lines matching cause stack trace/
const MAX_CAUSES = 5

/** Describes anything that a cell may throw. */
export function errorContent(error: unknown): ErrorContent {
  if (isTypeError(error)) {
    return { ename: 'TypeScriptError', evalue: error.message, traceback: [...error.details] }
  }
  if (!isError(error)) {
    const text = safely(() => inspect(error))
    return { ename: 'Thrown', evalue: text, traceback: [`Thrown: ${text}`] }
  }
  const traceback = safely(() => (isDeliberate(error) ? shortTrace(error) : fullTrace(error)))
  return {
    ename: attempt(() => String(error.name)) ?? 'Error',
    evalue: safely(() => String(error.message)),
    traceback: withCodeFrame(traceback).split('\n'),
  }
}

/** An error raised on purpose says what to do: its own frames and properties would only hide that. */
function shortTrace(error: Deliberate): string {
  return [`${error.name}: ${error.message}`, ...usersFramesOf(error), ...causesOf(error)].join('\n')
}

function usersFramesOf(error: Error): string[] {
  return (error.stack ?? '').split('\n').filter(isUsers)
}

function causesOf(error: Error): string[] {
  const causes: string[] = []
  for (let cause = error.cause; isError(cause) && causes.length < MAX_CAUSES; cause = cause.cause) {
    causes.push(`caused by ${cause.name}: ${cause.message}`, ...usersFramesOf(cause))
  }
  return causes
}

function fullTrace(error: Error): string {
  const lines = inspect(error, { depth: 3 }).split('\n')
  // Where no cell is named, our frames are all there is to go by.
  const isInner = lines.some((line) => CELL_FRAME.test(line)) ? isOurs : isOfNode
  // The brace that opens an error's properties may stand at the end of a frame.
  return lines.flatMap((line) => (isInner(line) ? (line.endsWith(' {') ? ['{'] : []) : [line])).join('\n')
}

/** Whether a line is a frame of a cell, or of a file that one imports. */
function isUsers(line: string): boolean {
  return CELL_FRAME.test(line) || (FRAME.test(line) && !LIBRARY_FRAME.test(line) && !isOurs(line))
}

function isOurs(line: string): boolean {
  return isOfNode(line) || (FRAME.test(line) && line.includes(OWN_FOLDER))
}

function isOfNode(line: string): boolean {
  return (FRAME.test(line) && line.includes('node:internal')) || MATCHING.test(line)
}

function isDeliberate(error: Error): error is Deliberate {
  return 'remedy' in error && typeof error.remedy === 'string' && 'code' in error
}

function isTypeError(value: unknown): value is CellTypeError {
  return attempt(() => value instanceof CellTypeError) ?? false
}

function isError(value: unknown): value is Error {
  return (
    attempt(() => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') ??
    false
  )
}

function safely(describe: () => string): string {
  return attempt(describe) ?? 'an error that cannot be shown'
}

/** Whatever a cell throws may throw when it is looked at. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
