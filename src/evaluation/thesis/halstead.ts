import { PY_SPACE } from '../python/text.js'

/** The Halstead figures of the thesis, which counts tokens of a regular expression, not of Python. */
export interface ThesisHalstead {
  readonly h1: number
  readonly h2: number
  readonly N1: number
  readonly N2: number
  readonly vocabulary: number
  readonly length: number
  readonly volume: number
  readonly difficulty: number
  readonly effort: number
}

const OPERATORS = new Set(['+', '-', '*', '/', '%', '=', '<', '>', 'and', 'or', 'not', 'in', 'is'])
const NEITHER = new Set(
  'def class return if else elif while for in try except finally'.split(' ').filter((word) => word !== 'in'),
)
// Python's `\w` is a letter, a number of any kind, or an underscore; marks are not in it.
const TOKEN = new RegExp(`[\\p{L}\\p{N}_]+|(?!${PY_SPACE})[^\\p{L}\\p{N}_]`, 'gu')
const DIGITS = /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468]+$/u

/** Halstead figures of one function by the thesis' definitions. `length` counts every token, also those in neither set. */
export function thesisHalstead(source: string): ThesisHalstead {
  const code = source
    .split('\n')
    .map((line) => line.split('#', 1)[0]!)
    .join('\n')
  const tokens = code.match(TOKEN) ?? []
  const operators = tokens.filter((token) => OPERATORS.has(token))
  const operands = tokens.filter(
    (token) => !OPERATORS.has(token) && !NEITHER.has(token) && !DIGITS.test(token),
  )
  const h1 = new Set(operators).size
  const h2 = new Set(operands).size
  const vocabulary = h1 + h2
  const volume = vocabulary > 0 ? tokens.length * Math.log2(vocabulary) : 0
  const difficulty = h2 > 0 ? (h1 / 2) * (operands.length / h2) : 0
  return {
    h1,
    h2,
    N1: operators.length,
    N2: operands.length,
    vocabulary,
    length: tokens.length,
    volume,
    difficulty,
    effort: difficulty * volume,
  }
}
