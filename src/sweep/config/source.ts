import { readFile } from 'node:fs/promises'
import { ConfigError } from './errors.js'

/** A path in a configuration: names of fields and places in lists. */
export type Path = readonly (string | number)[]

/** What a configuration file holds, and where each part of it stands. */
export interface ConfigSource {
  readonly value: unknown
  /** Line and column, from 1, of a value, or of the name of a field. */
  locate(path: Path, part: 'value' | 'name'): { readonly line: number; readonly column: number }
}

/**
 * Reads YAML, or JSON, which is YAML too.
 * @throws {@link ConfigError} `CONFIG_UNREADABLE`, `CONFIG_SYNTAX`.
 */
export async function readSource(file: string): Promise<ConfigSource> {
  const text = await readText(file)
  const { LineCounter, parseDocument, isMap, isScalar } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  if (document.errors.length > 0) {
    const mistakes = document.errors.map(({ message, pos }) => ({
      path: '',
      ...place(pos[0]),
      message: `${message.split(/ at line \d+/, 1)[0]!}.`,
    }))
    throw new ConfigError('CONFIG_SYNTAX', file, mistakes)
  }
  const nodeAt = (path: Path) =>
    (path.length === 0 ? document.contents : document.getIn(path, true)) as unknown
  const offsetOf = (path: Path, part: 'value' | 'name'): number => {
    const name = path.at(-1)
    const owner = nodeAt(path.slice(0, -1))
    if (isMap(owner)) {
      const pair = owner.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))
      const found = (part === 'value' ? pair?.value : pair?.key) ?? pair?.key ?? owner
      return (found as { range?: readonly number[] | null }).range?.[0] ?? 0
    }
    return (nodeAt(path) as { range?: readonly number[] | null } | undefined)?.range?.[0] ?? 0
  }
  return { value: document.toJS() as unknown, locate: (path, part) => place(offsetOf(path, part)) }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const message = `it cannot be read (${(error as Error).message}).`
    throw new ConfigError('CONFIG_UNREADABLE', file, [{ path: '', line: null, column: null, message }], {
      cause: error,
    })
  }
}
