import type { TslabDiagnostic, TypeScript } from './tslab.js'

/**
 * What the parser alone says of a cell. The converter appends exports to the cell, so for an open bracket it would
 * blame a line that the user did not write.
 */
export function syntaxErrors(ts: TypeScript, source: string): TslabDiagnostic[] {
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022)
  return file.parseDiagnostics.map((diagnostic: TypeScript) => ({
    start: place(file, diagnostic.start),
    end: place(file, diagnostic.start + diagnostic.length),
    messageText: ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
    code: diagnostic.code,
  }))
}

/** A place in a file as the converter tells places. */
export function place(file: TypeScript, offset: number): TslabDiagnostic['start'] {
  return { offset, ...file.getLineAndCharacterOfPosition(offset) }
}
