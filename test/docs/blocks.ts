import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { ROOT } from './root.js'

/** A piece of TypeScript that stands in a comment, a page or a notebook. */
export interface Block {
  /** Where it stands, from the repository's root. */
  readonly file: string
  /** The line of its first line there, from 1. */
  readonly line: number
  readonly code: string
}

/** The `@example`s of a source file, without their fences. */
export function examplesOf(path: string): Block[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((line, i) => {
    if (!/^\s*\* @example\s*$/.test(line)) return []
    const length = lines.slice(i + 1).findIndex((next) => /^\s*\*\/|^\s*\* @/.test(next))
    const code = lines.slice(i + 1, i + 1 + length).map((next) => next.replace(/^\s*\* ?/, ''))
    return [{ ...at(path, i + 2), code: uncommented(code) }]
  })
}

/** The `ts` blocks of a Markdown page, in order. */
export function blocksOf(path: string): Block[] {
  return fenced(readFileSync(path, 'utf8')).map(({ line, code }) => ({ ...at(path, line), code }))
}

/** The cells of a notebook, and the `ts` blocks of its texts. Lines count within a cell. */
export function cellsOf(path: string): Block[] {
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as {
    cells: { cell_type: string; source: string | string[] }[]
  }
  return cells.flatMap(({ cell_type, source }, i) => {
    const text = [source].flat().join('')
    const blocks = cell_type === 'code' ? [{ line: 1, code: text }] : fenced(text)
    return blocks.map((block) => ({ ...block, file: `${at(path, 0).file} cell ${i + 1}` }))
  })
}

/** Without fences, and without the escapes of a comment within a template. */
function uncommented(lines: readonly string[]): string {
  return lines.map((line) => (line.startsWith('```') ? '' : line.replace(/\\([`$])/g, '$1'))).join('\n')
}

function fenced(markdown: string): { line: number; code: string }[] {
  const lines = markdown.split('\n')
  return lines.flatMap((line, i) => {
    if (!/^```(ts|typescript)\s*$/.test(line)) return []
    const length = lines.slice(i + 1).findIndex((next) => next.startsWith('```'))
    return [{ line: i + 2, code: lines.slice(i + 1, i + 1 + length).join('\n') }]
  })
}

function at(path: string, line: number): { file: string; line: number } {
  return { file: relative(ROOT, path), line }
}
