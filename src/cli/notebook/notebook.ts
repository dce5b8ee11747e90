import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { NotebookError } from '../errors.js'
import type { Output } from './outputs.js'

/** A cell of a notebook (nbformat 4.5). */
export interface Cell {
  id: string
  cell_type: 'code' | 'markdown' | 'raw'
  metadata: { tags?: string[]; [name: string]: unknown }
  source: string | string[]
  outputs?: Output[]
  execution_count?: number | null
  [name: string]: unknown
}

/** A Jupyter notebook (nbformat 4.5). */
export interface Notebook {
  nbformat: number
  nbformat_minor: number
  metadata: Record<string, unknown>
  cells: Cell[]
}

/** Text of a notebook field, which may be split into lines. */
export function textOf(field: unknown): string {
  return Array.isArray(field) ? field.join('') : typeof field === 'string' ? field : ''
}

/** Text as nbformat keeps it: lines with their line ends. */
export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

/** A fresh cell id. */
export function cellId(): string {
  return randomBytes(4).toString('hex')
}

/**
 * Reads a notebook and brings it to nbformat 4.5.
 *
 * @throws NotebookError where the file is missing, is no notebook, or has a format before 4.
 */
export function readNotebook(path: string): Notebook {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new NotebookError(`${path} cannot be read.`, 'Check the path.', { cause })
  }
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (cause) {
    throw new NotebookError(`${path} is not JSON.`, 'Give the path of an .ipynb file.', { cause })
  }
  const notebook = raw as Partial<Notebook> | null
  if (!Array.isArray(notebook?.cells) || notebook.nbformat !== 4) {
    const format = String(notebook?.nbformat ?? 'none')
    throw new NotebookError(
      `${path} is not a notebook of format 4 (its format: ${format}).`,
      'Convert it with `jupyter nbconvert --to notebook`.',
    )
  }
  const minor = Math.max(5, notebook.nbformat_minor ?? 0)
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    id: cell.id ?? cellId(),
    metadata: cell.metadata ?? {},
  }))
  return { ...notebook, metadata: notebook.metadata ?? {}, cells, nbformat: 4, nbformat_minor: minor }
}

/** Writes a notebook as Jupyter does, by way of a second file, so that a crash leaves a whole one. */
export function writeNotebook(path: string, notebook: Notebook): void {
  const part = `${path}.${process.pid}.part`
  writeFileSync(part, `${JSON.stringify(notebook, null, 1)}\n`)
  renameSync(part, path)
}
