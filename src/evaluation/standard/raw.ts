import { forEachLineGroup, type TokenKind } from './lexer.js'

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
  forEachLineGroup(source, (lines, tokens) => {
    for (const token of tokens) if (token === 'comment') counts.comments += 1
    counts.lloc += logicalLines(tokens)
    const only = tokens.length === 1 ? tokens[0] : null
    if (only === 'comment' || (only === 'string' && lines.length === 1)) {
      counts.singleComments += 1
      return
    }
    let filled = 0
    for (const line of lines) if (line !== '') filled += 1
    counts.blank += lines.length - filled
    if (only === 'string') counts.multi += filled
    else counts.sloc += filled
  })
  counts.loc = counts.sloc + counts.blank + counts.multi + counts.singleComments
  return counts
}

/**
 * Pieces between semicolons count one, or two where their last colon is not at the end. radon takes the end of
 * the line for a token of the last piece only; so in earlier pieces the colon before the last token is "at the
 * end".
 */
function logicalLines(tokens: readonly TokenKind[]): number {
  let lines = 0
  let size = 0
  let colon = -1
  const endPiece = (last: boolean) => {
    if (size > 0) lines += colon < 0 || colon === size - (last ? 1 : 2) ? 1 : 2
    size = 0
    colon = -1
  }
  for (const token of tokens) {
    if (token === 'semicolon') endPiece(false)
    else if (token !== 'comment') {
      if (token === 'colon') colon = size
      size += 1
    }
  }
  endPiece(true)
  return lines
}
