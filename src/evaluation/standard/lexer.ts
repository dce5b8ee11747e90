import { splitLines, strip } from '../python/text.js'

/** What raw counts need to know of a token. */
export type TokenKind = 'comment' | 'string' | 'colon' | 'semicolon' | 'other'

/** Lines that tokenise together: one, or those of a statement or string that goes on. */
export interface LineGroup {
  /** The lines, each stripped. */
  readonly lines: readonly string[]
  readonly tokens: readonly TokenKind[]
}

interface State {
  depth: number
  quote: string | null
  raw: boolean
}

const PREFIX = /(?:[rbuf]|[rR][bBfF]|[bBfF][rR]|[RBUF]|[tT][rR]?|[rR][tT])?("""|'''|"|')/y
const WORD = /[\p{L}\p{N}\p{M}_.]+/uy

/**
 * Groups the lines of a module that parses as Python's `tokenize` would, fed line by line with lines stripped
 * (radon's way), and gives each group's tokens.
 */
export function lineGroups(source: string): LineGroup[] {
  const groups: LineGroup[] = []
  let lines: string[] = []
  let tokens: TokenKind[] = []
  const state: State = { depth: 0, quote: null, raw: false }
  let continued = false
  for (const line of splitLines(source).map(strip)) {
    lines.push(line)
    // tokenize does not see an empty last line, so after a backslash it wants one more.
    const unseen = continued && line === ''
    continued = lexLine(line, state, tokens)
    if (unseen || continued || state.depth > 0 || state.quote !== null) continue
    groups.push({ lines, tokens })
    lines = []
    tokens = []
  }
  if (lines.length) groups.push({ lines, tokens })
  return groups
}

/** Lexes one line into `tokens`; true where it ends in a backslash that continues it. */
function lexLine(line: string, state: State, tokens: TokenKind[]): boolean {
  let at = 0
  while (at < line.length) {
    if (state.quote !== null) {
      const end = stringEnd(line, at, state.quote)
      if (end < 0) {
        // A one-quote string goes on only after a backslash.
        if (state.quote.length === 3 || line.endsWith('\\')) return false
        state.quote = null
        return false
      }
      state.quote = null
      at = end
      continue
    }
    const char = line[at]!
    PREFIX.lastIndex = at
    const opening = PREFIX.exec(line)
    if (opening) {
      tokens.push('string')
      state.quote = opening[1]!
      at = PREFIX.lastIndex
      continue
    }
    WORD.lastIndex = at
    if (WORD.test(line)) {
      tokens.push('other')
      at = WORD.lastIndex
      continue
    }
    if (char === '#') {
      tokens.push('comment')
      return false
    }
    if (char === '\\' && at === line.length - 1) return true
    if ('([{'.includes(char)) state.depth += 1
    if (')]}'.includes(char)) state.depth -= 1
    at += symbol(line, at, char, tokens)
  }
  return false
}

function symbol(line: string, at: number, char: string, tokens: TokenKind[]): number {
  if (char === ' ' || char === '\t') return 1
  if (char === ':' && line[at + 1] === '=') {
    tokens.push('other')
    return 2
  }
  tokens.push(char === ':' ? 'colon' : char === ';' ? 'semicolon' : 'other')
  return 1
}

/** Index after the closing quote, or -1 where this line does not close it. */
function stringEnd(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1
    else if (line.startsWith(quote, at)) return at + quote.length
  }
  return -1
}
