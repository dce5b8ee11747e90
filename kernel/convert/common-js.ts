import type { SourceMap } from 'node:module'
import { cellTransformer } from './await-checks.js'
import { declaredNames, type DeclaredNames } from './declared-names.js'
import { withoutLinkedExports } from './linked-exports.js'
import { splitInlineMap } from './source-maps.js'
import type { TypeScript } from './tslab.js'

/** The body of a CommonJS module, the way back to the TypeScript that it was, and the names at its top. */
export interface CommonJs {
  code: string
  steps: SourceMap[]
  names: DeclaredNames
}

/**
 * Makes a CommonJS module of emitted JavaScript that ends with an inline map. A file has exports of its own, while
 * those of a cell are tied to its variables.
 */
export function toCommonJs(
  ts: TypeScript,
  input: string,
  { isCell, compilerOptions, ...options }: { isCell: boolean; compilerOptions: object },
): CommonJs {
  const { code, map } = splitInlineMap(input)
  let names: DeclaredNames = { all: [], variables: [] }
  const readNames = () => (file: TypeScript) => {
    names = declaredNames(ts, file)
    return file
  }
  const { outputText } = ts.transpileModule(code, {
    ...options,
    compilerOptions: { ...compilerOptions, inlineSourceMap: true },
    transformers: {
      before: [readNames, cellTransformer(ts)],
      after: isCell ? [withoutLinkedExports(ts, () => names.variables)] : [],
    },
  })
  const output = splitInlineMap(outputText)
  return { code: output.code, steps: [output.map, map].flatMap((step) => step ?? []), names }
}
