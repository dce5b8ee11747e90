import { CellTypeError } from '../errors.js'
import type { TslabDiagnostic } from './tslab.js'

/** Turns the converter's diagnostics into one error that shows each with its line of the cell. */
export function typeError(diagnostics: readonly TslabDiagnostic[], source: string): CellTypeError {
  const lines = source.split('\n')
  const details = diagnostics.map((diagnostic) => {
    const { line, character } = diagnostic.start
    const where = `${diagnostic.fileName ?? 'cell'}:${line + 1}:${character + 1}`
    const head = `${where} - TS${diagnostic.code}: ${diagnostic.messageText}`
    const text = lines[line]
    if (diagnostic.fileName !== undefined || text === undefined) return head
    const onOneLine = diagnostic.end.line === line
    const width = Math.max(1, (onOneLine ? diagnostic.end.character : text.length) - character)
    return `${head}\n    ${text}\n    ${' '.repeat(character)}${'~'.repeat(width)}`
  })
  const first = diagnostics[0]!
  return new CellTypeError(`${first.messageText} (line ${first.start.line + 1})`, details)
}
