import { cellId, linesOf, textOf, type Cell, type Notebook } from '../notebook/notebook.js'

const TAG = 'parameters'
const INJECTED = 'injected-parameters'

/** A parameter with its value; undeclared ones have no type. */
export interface Parameter {
  name: string
  value: unknown
  type: string | undefined
}

/** A cell's code that declares a parameter again. */
export function declaration({ name, value, type }: Parameter): string {
  return `let ${name}${type === undefined ? '' : `: ${type}`} = ${JSON.stringify(value)}`
}

/** The sources that decide on the types of parameters: of the tagged cell, and of the code cells before it. */
export function parameterSources(notebook: Notebook): { before: string[]; tagged: string } {
  const cells = notebook.cells.filter((cell) => !hasTag(cell, INJECTED))
  const at = cells.findIndex((cell) => hasTag(cell, TAG))
  if (at < 0) return { before: [], tagged: '' }
  const before = cells.slice(0, at).filter((cell) => cell.cell_type === 'code')
  return { before: before.map((cell) => textOf(cell.source)), tagged: textOf(cells[at]!.source) }
}

/**
 * Puts a cell with the given values after the cell tagged `parameters`, as papermill does; an injected cell of an
 * earlier run is replaced. Without a tagged cell, the values come first.
 */
export function injectParameters(notebook: Notebook, parameters: readonly Parameter[]): void {
  notebook.cells = notebook.cells.filter((cell) => !hasTag(cell, INJECTED))
  if (parameters.length === 0) return
  const at = notebook.cells.findIndex((cell) => hasTag(cell, TAG))
  notebook.cells.splice(at + 1, 0, {
    id: cellId(),
    cell_type: 'code',
    metadata: { tags: [INJECTED] },
    source: linesOf(['// Parameters', ...parameters.map(declaration)].join('\n')),
    outputs: [],
    execution_count: null,
  })
}

function hasTag(cell: Cell, tag: string): boolean {
  return cell.metadata.tags?.includes(tag) === true
}
