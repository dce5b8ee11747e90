import type { TslabDiagnostic } from './tslab.js'

/** "The inferred type of x cannot be named" and its relatives, of the emission of declarations. */
const CODES = new Set([2527, 2742, 4023, 4025, 4058, 4060, 4094, 7056])

/** Whether nothing is wrong but the naming of types for later cells. */
export function onlyUnnameable(diagnostics: readonly TslabDiagnostic[]): boolean {
  return diagnostics.length > 0 && diagnostics.every(({ code, fileName }) => CODES.has(code) && !fileName)
}

/**
 * Gives the variables whose types cannot be named the type `any`, so that the cell runs; returns undefined where what
 * cannot be named is not a variable.
 */
export function annotateUnnameable(
  source: string,
  diagnostics: readonly TslabDiagnostic[],
): string | undefined {
  const lines = source.split('\n')
  const places = [...diagnostics].sort(
    (a, b) => b.start.line - a.start.line || b.start.character - a.start.character,
  )
  for (const { start, end } of places) {
    const line = lines[start.line]
    if (line === undefined || end.line !== start.line) return undefined
    const before = line.slice(0, start.character)
    const after = line.slice(end.character)
    const isVariable = /(?:\b(?:const|let|var)\s+|,\s*)$/.test(before) && /^\s*=(?!>)/.test(after)
    if (!isVariable) return undefined
    lines[start.line] = `${line.slice(0, end.character)}: any${after}`
  }
  return lines.join('\n')
}
