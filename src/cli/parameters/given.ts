import { readFileSync } from 'node:fs'
import { UsageError } from '../errors.js'

/** A parameter as it was given: a value, or text that is a JSON value or itself, as the declared type wants. */
export type Given = { name: string; text: string } | { name: string; value: unknown }

const NAME = /^[A-Za-z_$][\w$]*$/

/** Reads the `name=value` of `-p`. */
export function parseParameter(argument: string): Given {
  const at = argument.indexOf('=')
  const name = argument.slice(0, Math.max(at, 0)).trim()
  if (!NAME.test(name)) {
    throw new UsageError(`-p ${argument} is not name=value.`, 'Write for example -p layer=4.')
  }
  return { name, text: argument.slice(at + 1) }
}

/** Reads a file of parameters, YAML or JSON (which is YAML): a mapping of names to values. */
export async function readParametersFile(path: string): Promise<Given[]> {
  const { parse } = await import('yaml')
  let content: unknown
  try {
    content = parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = (error as Error).message.split('\n', 1)[0]!
    throw new UsageError(`--parameters-file ${path} cannot be read: ${why}`, 'Give a YAML or JSON file.')
  }
  const isMapping = typeof content === 'object' && content !== null && !Array.isArray(content)
  const entries = isMapping ? Object.entries(content as object) : []
  const wrong = entries.find(([name]) => !NAME.test(name))
  if (!isMapping || wrong) {
    const what = wrong ? `holds "${wrong[0]}", which is no name` : 'is not a mapping of names to values'
    throw new UsageError(`--parameters-file ${path} ${what}.`, 'Write for example layer: 4.')
  }
  return entries.map(([name, value]) => ({ name, value: value as unknown }))
}

/** The values that a given parameter may stand for, the likelier first. */
export function candidates(given: Given): unknown[] {
  if ('value' in given) return [given.value]
  try {
    return [JSON.parse(given.text) as unknown, given.text]
  } catch {
    return [given.text]
  }
}

/** A given parameter as it was written. */
export function written(given: Given): string {
  return 'text' in given ? given.text : JSON.stringify(given.value)
}
