import type { TypeScript } from './tslab.js'

/** What `is_complete_reply` says of a cell. */
export type Completeness =
  { status: 'complete' } | { status: 'incomplete'; indent: string } | { status: 'invalid' }

const INDENT = '  '
const UNTERMINATED_STRING = 1002
const EXPRESSION_EXPECTED = 1109
const TWO_EMPTY_LINES = /\n[ \t]*\n[ \t]*$/

/**
 * Whether the parser takes a cell as it is, would take it with more text after it, or never will. Two empty lines at
 * the end of open code end it, so that a console shows the error instead of asking for ever.
 */
export function completeness(ts: TypeScript, source: string): Completeness {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022, true)
  const first = file.parseDiagnostics[0] as { start: number; code: number } | undefined
  if (!first) return { status: 'complete' }
  const isOpen = first.start >= source.trimEnd().length && first.code !== UNTERMINATED_STRING
  if (!isOpen || TWO_EMPTY_LINES.test(source)) return { status: 'invalid' }
  return { status: 'incomplete', indent: INDENT.repeat(stepsAtEnd(ts, file, first.code)) }
}

/** How far the line after the end is indented: a step for each line that left a bracket open, as formatters do it. */
function stepsAtEnd(ts: TypeScript, file: TypeScript, code: number): number {
  const { SyntaxKind: kinds } = ts
  const opening = [kinds.OpenBraceToken, kinds.OpenParenToken, kinds.OpenBracketToken, kinds.TemplateHead]
  const closing = [kinds.CloseBraceToken, kinds.CloseParenToken, kinds.CloseBracketToken, kinds.TemplateTail]
  const open: number[] = []
  const tokens = leaves(file, file).filter((token) => token.getWidth(file) > 0)
  for (const token of tokens) {
    if (opening.includes(token.kind)) open.push(file.getLineAndCharacterOfPosition(token.getStart(file)).line)
    else if (closing.includes(token.kind)) open.pop()
  }
  if (tokens.at(-1)?.isUnterminated) return 0
  // `if (x)`, `const y =`: the rest of the statement stands on a line of its own.
  const isHanging =
    code === EXPRESSION_EXPECTED && ![...opening, kinds.CommaToken].includes(tokens.at(-1)?.kind)
  return new Set(open).size + (isHanging ? 1 : 0)
}

function leaves(node: TypeScript, file: TypeScript): TypeScript[] {
  const children = node.getChildren(file) as TypeScript[]
  return children.length === 0 ? [node] : children.flatMap((child) => leaves(child, file))
}
