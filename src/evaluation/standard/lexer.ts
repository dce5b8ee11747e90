import { splitLines, strip } from '../python/text.js'

/** What raw counts need to know of a token. */
export type TokenKind = 'comment' | 'string' | 'colon' | 'semicolon' | 'other'

interface State {
  depth: number
  quote: string | null
}

const PREFIX = /(?:[rbuf]|[rR][bBfF]|[bBfF][rR]|[RBUF]|[tT][rR]?|[rR][tT])?("""|'''|"|')/y
const MAY_OPEN = new Set('rRbBfFuUtT"\'')
const NOT_ASCII_WORD = /[\p{L}\p{N}\p{M}]+/uy

/**
 * Groups the lines of a module that parses as Python's `tokenize` would, fed line by line with lines stripped
 * (radon's way): a group is a line, or those of a statement or string that goes on.
 *
 * @param onGroup gets each group's lines, stripped, and its tokens; both arrays are used again for the next group
 */
export function forEachLineGroup(
  source: string,
  onGroup: (lines: readonly string[], tokens: readonly TokenKind[]) => void,
): void {
  const lines: string[] = []
  const tokens: TokenKind[] = []
  const state: State = { depth: 0, quote: null }
  let continued = false
  for (const raw of splitLines(source)) {
    const line = strip(raw)
    lines.push(line)
    // tokenize does not see an empty last line, so after a backslash it wants one more.
    const unseen = continued && line === ''
    continued = lexLine(line, state, tokens)
    if (unseen || continued || state.depth > 0 || state.quote !== null) continue
    onGroup(lines, tokens)
    lines.length = 0
    tokens.length = 0
  }
  if (lines.length) onGroup(lines, tokens)
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
    const opening = MAY_OPEN.has(char) ? PREFIX.exec(line) : null
    if (opening) {
      tokens.push('string')
      state.quote = opening[1]!
      at = PREFIX.lastIndex
      continue
    }
    const end = wordEnd(line, at)
    if (end > at) {
      tokens.push('other')
      at = end
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

/** Index after the letters, digits, underscores and points that begin at `at`. */
function wordEnd(line: string, at: number): number {
  for (;;) {
    const code = line.charCodeAt(at)
    if (
      (code >= 97 && code <= 122) ||
      (code >= 65 && code <= 90) ||
      (code >= 48 && code <= 57) ||
      code === 95 ||
      code === 46
    )
      at += 1
    else if (code < 0x80 || at >= line.length) return at
    else {
      NOT_ASCII_WORD.lastIndex = at
      if (!NOT_ASCII_WORD.test(line)) return at
      at = NOT_ASCII_WORD.lastIndex
    }
  }
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
