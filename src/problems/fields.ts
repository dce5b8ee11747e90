import { ProblemFormatError } from './errors.js'
import { stringList } from './string-list.js'

/** A row of a problem file with the place it came from, for errors. */
export class Row {
  constructor(
    readonly source: string,
    /** 1-based. */
    readonly number: number,
    readonly fields: Readonly<Record<string, unknown>>,
    /** Are the values cells of a table, all text, lists included? */
    readonly cells = false,
  ) {}

  has(field: string): boolean {
    return this.fields[field] !== undefined && this.fields[field] !== null
  }

  /** Text, with `\n` line ends. */
  text(field: string, otherwise?: string): string {
    if (!this.has(field) && otherwise !== undefined) return otherwise
    const value = this.fields[field]
    if (typeof value !== 'string') throw this.#mismatch(field, 'text')
    return lineFeeds(value)
  }

  /** A list of texts, with `\n` line ends. */
  texts(field: string, otherwise?: readonly string[]): readonly string[] {
    if (!this.has(field) && otherwise !== undefined) return otherwise
    const found = this.fields[field]
    const value = this.cells && typeof found === 'string' ? stringList(found) : found
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      throw this.#mismatch(field, 'a list of texts')
    return value.map(lineFeeds)
  }

  /** A whole number; also the number that ends a text such as `"HumanEval/12"`. */
  integer(field: string): number {
    const value = this.fields[field]
    const number = typeof value === 'string' ? Number(/\d+$/.exec(value)?.[0] ?? NaN) : value
    if (typeof number !== 'number' || !Number.isSafeInteger(number))
      throw this.#mismatch(field, 'a whole number')
    return number
  }

  #mismatch(field: string, expected: string): ProblemFormatError {
    const value = this.fields[field]
    const given = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, 80)
    return new ProblemFormatError(this.source, this.number, field, `found ${given}; expected ${expected}.`)
  }
}

function lineFeeds(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}
