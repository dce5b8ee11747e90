import { ProblemFormatError } from './errors.js'
import { Row } from './fields.js'

/**
 * The rows of a problem file: a JSON array, or one JSON object a line (blank lines are skipped).
 *
 * @param source the file or URL, for errors
 * @throws ProblemFormatError with the line (JSONL) or row (JSON array) that is not an object
 */
export function readRows(content: string, source: string): Row[] {
  const text = content.replace(/^\ufeff/, '')
  return text.trimStart().startsWith('[') ? arrayRows(text, source) : lineRows(text, source)
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
