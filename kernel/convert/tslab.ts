import { createRequire } from 'node:module'

/** The part of tslab's converter that this kernel uses; `ts` values are left opaque. */
export interface TslabConverter {
  convert(previousDeclarations: string, source: string): TslabResult
  inspect(previousDeclarations: string, source: string, position: number): QuickInfo | undefined
  complete(previousDeclarations: string, source: string, position: number): TslabCompletion
  close(): void
}

export interface TslabResult {
  output?: string
  declOutput?: string
  diagnostics: TslabDiagnostic[]
  lastExpressionVar?: string
}

export interface TslabDiagnostic {
  start: { offset: number; line: number; character: number }
  end: { offset: number; line: number; character: number }
  messageText: string
  code: number
  fileName?: string
}

export interface TslabCompletion {
  start: number
  end: number
  candidates: string[]
  original?: { isGlobalCompletion: boolean; entries: { name: string; kind: string }[] }
}

interface TextPart {
  text: string
}

export interface QuickInfo {
  displayParts?: TextPart[]
  documentation?: TextPart[]
  tags?: { name: string; text?: TextPart[] }[]
}

export interface TslabModule {
  createConverter(): TslabConverter
}

/** What the converter calls the file with the declarations before a cell. */
export const DECLARATIONS_FILE = '__prev__.d.ts'

/** What the converter calls the file with a cell. */
export const CELL_FILE = '__tslab__.ts'

/** A namespace of TypeScript 5.0 (tslab's fork), which has no usable types of its own here. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type TypeScript = any

const require = createRequire(import.meta.url)
const converterPath = require.resolve('tslab/dist/converter')

/** Resolves from where tslab stands. */
export const tslabRequire = createRequire(converterPath)

/**
 * Loads tslab's converter with a changed TypeScript. The functions of TypeScript are getters on a frozen namespace,
 * so the converter is given a plain copy, which `change` may write to.
 */
export function loadTslab(change: (copy: TypeScript, original: TypeScript) => void): TslabModule {
  const typescriptPath = tslabRequire.resolve('@tslab/typescript-for-tslab')
  const original: TypeScript = tslabRequire(typescriptPath)
  const copy: TypeScript = { ...original }
  change(copy, original)
  const entry = require.cache[typescriptPath]!
  entry.exports = copy
  try {
    return require(converterPath) as TslabModule
  } finally {
    entry.exports = original
  }
}
