import { parseCsv } from './csv.js'
import { ProblemFormatError } from './errors.js'
import { Row } from './fields.js'

/**
 * The rows of a problem file: CSV with a header where its name ends in `.csv`; else a JSON array, or one JSON object a
 * line (blank lines are skipped).
 *
 * @param source the file or URL, for errors
 * @throws ProblemFormatError with the line (JSONL, CSV) or row (JSON array) that is wrong
 */
export function readRows(content: string, source: string): Row[] {
  const text = content.replace(/^\ufeff/, '')
  if (/\.csv(\.gz)?$/i.test(source)) return csvRows(text, source)
  return text.trimStart().startsWith('[') ? arrayRows(text, source) : lineRows(text, source)
}

/** An empty cell is a field that is absent: CSV cannot tell them apart. */
function csvRows(text: string, source: string): Row[] {
  const [header, ...records] = csvRecords(text, source)
  return records.map(({ line, fields }) => {
    const names = header!.fields
    if (fields.length !== names.length)
      throw new ProblemFormatError(
        source,
        line,
        null,
        `found ${fields.length} cells; the header has ${names.length}.`,
      )
    const cells = names.map((name, index) => [name.trim(), fields[index] || undefined] as const)
    return new Row(source, line, Object.fromEntries(cells), true)
  })
}

function csvRecords(text: string, source: string) {
  try {
    return parseCsv(text)
  } catch (error) {
    throw new ProblemFormatError(source, null, null, `not CSV: ${(error as Error).message}.`)
  }
}

function arrayRows(text: string, source: string): Row[] {
  const values = parse(text, source, null) as unknown[]
  return values.map((value, index) => row(value, source, index + 1))
}

function lineRows(text: string, source: string): Row[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    return [row(parse(line, source, index + 1), source, index + 1)]
  })
}

function parse(text: string, source: string, number: number | null): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ProblemFormatError(source, number, null, `not JSON: ${(error as Error).message}.`)
  }
}

function row(value: unknown, source: string, number: number): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ProblemFormatError(source, number, null, 'expected a JSON object.')
  return new Row(source, number, value as Record<string, unknown>)
}
