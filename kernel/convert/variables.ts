import type { TypeScript } from './tslab.js'

/** A variable at the top of a cell, as its text and its types tell. */
export interface CellVariable {
  name: string
  /** The type of a variable that may hold other values too: `number` for `const layer = 3`. */
  type: string
  /** The text of its first value. */
  value: string | undefined
  /** The comment behind it, else that on the lines above. */
  comment: string
}

/** The variables that a cell declares by name, without their types. */
export function variablesIn(ts: TypeScript, source: string): Omit<CellVariable, 'type'>[] {
  const file = parse(ts, source)
  return variableStatements(ts, file).flatMap((statement) =>
    statement.declarationList.declarations
      .filter((item: TypeScript) => ts.isIdentifier(item.name))
      .map((item: TypeScript) => ({
        name: item.name.text as string,
        value: item.initializer?.getText(file) as string | undefined,
        comment: commentOn(ts, source, statement, file),
      })),
  )
}

/** Code that copies variables, so that what TypeScript makes of the copies are their types. */
export function copiesOf(names: readonly string[]): string {
  return names.map((name, at) => `let ${copyName(at)} = ${name}`).join('\n')
}

/** The types of the copies that {@link copiesOf} makes, in order, from the declarations of that cell. */
export function copiedTypes(ts: TypeScript, declarations: string, count: number): string[] {
  const file = parse(ts, declarations)
  const types = new Map<string, string>()
  for (const statement of variableStatements(ts, file)) {
    for (const item of statement.declarationList.declarations) {
      types.set(item.name.getText(file), item.type?.getText(file) ?? 'any')
    }
  }
  return Array.from({ length: count }, (_, at) => onOneLine(types.get(copyName(at)) ?? 'any'))
}

function copyName(at: number): string {
  return `$copy${at}`
}

function parse(ts: TypeScript, source: string): TypeScript {
  return ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022)
}

function variableStatements(ts: TypeScript, file: TypeScript): TypeScript[] {
  return file.statements.filter((statement: TypeScript) => ts.isVariableStatement(statement))
}

function commentOn(ts: TypeScript, source: string, statement: TypeScript, file: TypeScript): string {
  const behind = ts.getTrailingCommentRanges(source, statement.end)?.[0]
  if (behind) return textOf(source.slice(behind.pos, behind.end))
  let below = statement.getStart(file)
  const above: string[] = []
  for (const { pos, end } of (ts.getLeadingCommentRanges(source, statement.pos) ?? []).reverse()) {
    if (/\n[^\S\n]*\n/.test(source.slice(end, below))) break
    above.unshift(textOf(source.slice(pos, end)))
    below = pos
  }
  return above.join(' ')
}

function textOf(comment: string): string {
  const inner = comment.startsWith('//') ? comment.slice(2) : comment.replace(/^\/\*+|\*+\/$/g, '')
  const lines = inner.split('\n').map((line) => line.replace(/^\s*\*/, '').trim())
  return lines.filter((line) => line !== '').join(' ')
}

function onOneLine(type: string): string {
  return type.replace(/\s*\n\s*/g, ' ')
}
