import { lineGroups, type LineGroup, type TokenKind } from './lexer.js'

/** Line counts as radon makes them; `loc` = `sloc` + `blank` + `multi` + `singleComments`. */
export interface RawCounts {
  readonly loc: number
  /** Logical lines: statements, where `if x: y` counts two. */
  readonly lloc: number
  readonly sloc: number
  readonly comments: number
  /** Lines of strings that stand alone over several lines (docstrings, mostly). */
  readonly multi: number
  readonly blank: number
  /** Lines that are only a comment, or only a one-line string. */
  readonly singleComments: number
}

/** Raw counts of a module that parses. */
export function rawCounts(source: string): RawCounts {
  const counts = { loc: 0, lloc: 0, sloc: 0, comments: 0, multi: 0, blank: 0, singleComments: 0 }
  for (const group of lineGroups(source)) {
    counts.comments += group.tokens.filter((token) => token === 'comment').length
    counts.lloc += logicalLines(group.tokens)
    const filled = group.lines.filter((line) => line !== '').length
    if (isOnly(group, 'comment') || (isOnly(group, 'string') && group.lines.length === 1))
      counts.singleComments += 1
    else {
      counts.blank += group.lines.length - filled
      if (isOnly(group, 'string')) counts.multi += filled
      else counts.sloc += filled
    }
  }
  counts.loc = counts.sloc + counts.blank + counts.multi + counts.singleComments
  return counts
}

function isOnly(group: LineGroup, kind: TokenKind): boolean {
  return group.tokens.length === 1 && group.tokens[0] === kind
}

/**
 * Pieces between semicolons count one, or two where their last colon is not at the end. radon takes the end of
 * the line for a token of the last piece only; so in earlier pieces the colon before the last token is "at the
 * end".
 */
function logicalLines(tokens: readonly TokenKind[]): number {
  const pieces: TokenKind[][] = [[]]
  for (const token of tokens) {
    if (token === 'semicolon') pieces.push([])
    else if (token !== 'comment') pieces.at(-1)!.push(token)
  }
  return pieces.reduce((sum, piece, index) => {
    if (piece.length === 0) return sum
    const colon = piece.lastIndexOf('colon')
    if (colon < 0) return sum + 1
    const end = index === pieces.length - 1 ? piece.length - 1 : piece.length - 2
    return sum + (colon === end ? 1 : 2)
  }, 0)
}
