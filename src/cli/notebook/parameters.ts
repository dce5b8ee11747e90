import { UsageError } from '../errors.js'
import { cellId, linesOf, textOf, type Cell, type Notebook } from './notebook.js'

const TAG = 'parameters'
const INJECTED = 'injected-parameters'
const NAME = /^[A-Za-z_$][\w$]*$/

/** Reads `name=value`; a value that is JSON is taken as such, any other as text. */
export function parseParameter(argument: string): [name: string, value: unknown] {
  const at = argument.indexOf('=')
  const name = argument.slice(0, Math.max(at, 0)).trim()
  if (!NAME.test(name)) {
    throw new UsageError(`-p ${argument} is not name=value.`, 'Write for example -p layer=4.')
  }
  const text = argument.slice(at + 1)
  try {
    return [name, JSON.parse(text) as unknown]
  } catch {
    return [name, text]
  }
}

/**
 * Puts a cell with the given values after the cell tagged `parameters`, as papermill does; an injected cell of an
 * earlier run is replaced. Without a tagged cell, the values come first.
 *
 * @returns the names that the tagged cell does not declare
 */
export function injectParameters(notebook: Notebook, parameters: ReadonlyMap<string, unknown>): string[] {
  const isTagged = (tag: string) => (cell: Cell) => cell.metadata.tags?.includes(tag) === true
  notebook.cells = notebook.cells.filter((cell) => !isTagged(INJECTED)(cell))
  if (parameters.size === 0) return []
  const at = notebook.cells.findIndex(isTagged(TAG))
  const declaration = at < 0 ? '' : textOf(notebook.cells[at]!.source)
  const lines = [...parameters].map(([name, value]) => {
    const type = typeIn(declaration, name)
    return `let ${name}${type === undefined ? '' : `: ${type}`} = ${JSON.stringify(value)}`
  })
  notebook.cells.splice(at + 1, 0, {
    id: cellId(),
    cell_type: 'code',
    metadata: { tags: [INJECTED] },
    source: linesOf(['// Parameters', ...lines].join('\n')),
    outputs: [],
    execution_count: null,
  })
  return [...parameters.keys()].filter((name) => !declares(declaration, name))
}

function declares(source: string, name: string): boolean {
  return new RegExp(`\\b(?:let|const|var)\\s[^;]*?(?<![\\w$])${escape(name)}(?![\\w$])`).test(source)
}

function typeIn(source: string, name: string): string | undefined {
  const found = new RegExp(`\\b(?:let|const|var)\\s+${escape(name)}\\s*:\\s*([^=\\n]+?)\\s*=(?!>)`).exec(
    source,
  )
  return found?.[1]
}

function escape(name: string): string {
  return name.replaceAll('$', '\\$')
}
