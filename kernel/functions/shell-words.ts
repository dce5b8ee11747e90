import { inspect } from 'node:util'
import { ShellInputError } from '../errors.js'

/** Needs no quotes in a POSIX shell. */
const PLAIN = /^[\w@%+=:,./-]+$/

/** The command of a template: its text as it stands, each value as one word, a list as several. */
export function commandOf(strings: TemplateStringsArray, values: readonly unknown[]): string {
  return strings.raw
    .map((text, index) => asWritten(text) + (index < values.length ? words(values[index]) : ''))
    .join('')
}

/** Backslashes are the shell's, but for the two that a template needs: before a backtick and before `${`. */
function asWritten(text: string): string {
  return text.replace(/\\(`|\$\{)/g, '$1')
}

function words(value: unknown): string {
  return Array.isArray(value) ? value.map(word).join(' ') : word(value)
}

function word(value: unknown): string {
  const text = textOf(value)
  if (text === undefined || text.includes('\0'))
    throw new ShellInputError(
      `${inspect(value)} cannot be a word of a command.`,
      'Give a text, a number, a boolean, or a list of them.',
    )
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** The text of what has one: a shell would take "undefined" or "[object Object]" for the name of a file. */
function textOf(value: unknown): string | undefined {
  const hasOwn = typeof value === 'object' && value !== null && value.toString !== Object.prototype.toString
  if (hasOwn || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)) return String(value)
  return undefined
}
