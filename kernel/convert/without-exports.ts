import type { TypeScript } from './tslab.js'

/**
 * A cell without the `export` of its own declarations, which code that was copied from a file has: a cell's names are
 * known to the cells after it anyway. Blanks stand in their place, so that every other character stays where it is.
 */
export function withoutExports(ts: TypeScript, source: string): string {
  if (!/\bexport\b/.test(source)) return source
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022)
  return file.statements
    .flatMap((statement: TypeScript) => exportedParts(ts, file, statement))
    .reduce(blanked, source)
}

/** The places of what makes a statement an export: `[start, end)`. */
function exportedParts(ts: TypeScript, file: TypeScript, statement: TypeScript): [number, number][] {
  const { SyntaxKind } = ts
  const place = (node: TypeScript): [number, number] => [node.getStart(file), node.end]
  if (ts.isExportDeclaration(statement)) return statement.moduleSpecifier ? [] : [place(statement)]
  if (ts.isExportAssignment(statement)) {
    return statement.isExportEquals ? [] : [[statement.getStart(file), statement.expression.getStart(file)]]
  }
  // A default class or function without a name is one only because it is exported.
  const isNameless = ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)
  if (isNameless && !statement.name) return []
  return (statement.modifiers ?? [])
    .filter(({ kind }: TypeScript) => kind === SyntaxKind.ExportKeyword || kind === SyntaxKind.DefaultKeyword)
    .map(place)
}

function blanked(text: string, [start, end]: [number, number]): string {
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end)
}
