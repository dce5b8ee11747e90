import { place } from './syntax.js'
import type { TslabDiagnostic, TypeScript } from './tslab.js'

/** `[start, end)` of a cell, and what stands there instead. */
type Edit = [start: number, end: number, text: string]

/** TypeScript's code for export declarations where there may be none. */
const NO_EXPORT_HERE = 1233

/**
 * A cell without `export`, which code that was copied from a file has: a cell's names are known to the cells after it
 * anyway. What it exports from elsewhere it imports. Every other character stays where it is.
 */
export function withoutExports(ts: TypeScript, source: string): string {
  const file = parse(ts, source)
  if (!file) return source
  return file.statements
    .flatMap((statement: TypeScript) => editsOf(ts, file, statement))
    .reduce(
      (text: string, [start, end, instead]: Edit) => text.slice(0, start) + instead + text.slice(end),
      source,
    )
}

/** What a cell exports from elsewhere without a name that later cells could know it by. */
export function namelessExports(ts: TypeScript, source: string): TslabDiagnostic[] {
  const file = parse(ts, source)
  if (!file) return []
  return file.statements
    .filter((statement: TypeScript) => isFromElsewhere(ts, statement) && !isNamed(ts, statement))
    .map((statement: TypeScript) => ({
      start: place(file, statement.getStart(file)),
      end: place(file, statement.end),
      messageText:
        'A cell has no exports. To use what a module has, import it: import { name } from, or import * as name from.',
      code: NO_EXPORT_HERE,
    }))
}

function parse(ts: TypeScript, source: string): TypeScript {
  if (!/\bexport\b/.test(source)) return undefined
  return ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022)
}

function editsOf(ts: TypeScript, file: TypeScript, statement: TypeScript): Edit[] {
  const { SyntaxKind } = ts
  const start = statement.getStart(file)
  const blanked = (from: number, to: number): Edit => [from, to, blank(file.text.slice(from, to))]
  if (isFromElsewhere(ts, statement)) return [[start, start + 'export'.length, 'import']]
  if (ts.isExportDeclaration(statement)) return [blanked(start, statement.end)]
  if (ts.isExportAssignment(statement)) {
    return statement.isExportEquals ? [] : [blanked(start, statement.expression.getStart(file))]
  }
  // A default class or function without a name is one only because it is exported.
  const isNameless = ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)
  if (isNameless && !statement.name) return []
  return (statement.modifiers ?? [])
    .filter(({ kind }: TypeScript) => kind === SyntaxKind.ExportKeyword || kind === SyntaxKind.DefaultKeyword)
    .map((modifier: TypeScript) => blanked(modifier.getStart(file), modifier.end))
}

function isFromElsewhere(ts: TypeScript, statement: TypeScript): boolean {
  return ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined
}

function isNamed(ts: TypeScript, { exportClause }: TypeScript): boolean {
  if (!exportClause || ts.isNamespaceExport(exportClause)) return exportClause !== undefined
  return exportClause.elements.every(({ name }: TypeScript) => name.text !== 'default')
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}
