import { blank, underline } from '../columns.js'
import { CellTypeError } from '../errors.js'
import type { TslabDiagnostic } from './tslab.js'

/** Turns the converter's diagnostics into one error that shows each with its line of the cell, or of a file that it
 * imports. */
export function typeError(
  diagnostics: readonly TslabDiagnostic[],
  source: string,
  readFile: (name: string) => string | undefined = () => undefined,
): CellTypeError {
  const linesOf = (name?: string): string[] =>
    (name === undefined ? source : (readFile(name) ?? '')).split('\n')
  const details = byPlace(diagnostics).map((chain) =>
    [...headsOf(chain), ...markedLine(chain[0]!, linesOf(chain[0]!.fileName))].join('\n'),
  )
  const first = diagnostics[0]!
  const file = first.fileName === undefined ? '' : `${first.fileName}, `
  return new CellTypeError(`${messageOf(first)} (${file}line ${first.start.line + 1})`, details)
}

/** The converter gives the parts of an explanation one by one, with the place of the first. */
function byPlace(diagnostics: readonly TslabDiagnostic[]): TslabDiagnostic[][] {
  const chains: TslabDiagnostic[][] = []
  for (const diagnostic of diagnostics) {
    const last = chains.at(-1)?.[0]
    const isSame =
      last?.fileName === diagnostic.fileName &&
      last?.start.offset === diagnostic.start.offset &&
      last.end.offset === diagnostic.end.offset
    if (isSame) chains.at(-1)!.push(diagnostic)
    else chains.push([diagnostic])
  }
  return chains
}

function headsOf([first, ...reasons]: readonly TslabDiagnostic[]): string[] {
  const { line, character } = first!.start
  const where = `${first!.fileName ?? 'cell'}:${line + 1}:${character + 1}`
  const more = reasons.map((reason, depth) => `${'  '.repeat(depth + 1)}${messageOf(reason)}`)
  return [`${where} - TS${first!.code}: ${messageOf(first!)}`, ...more]
}

function messageOf({ messageText }: TslabDiagnostic): string {
  return messageText.replace(/\s+/g, ' ')
}

function markedLine({ start, end }: TslabDiagnostic, lines: readonly string[]): string[] {
  const text = lines[start.line]
  if (text === undefined || text === '') return []
  const marked = text.slice(start.character, end.line === start.line ? end.character : undefined)
  return [`    ${text}`, `    ${blank(text.slice(0, start.character))}${underline(marked)}`]
}
