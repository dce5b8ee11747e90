import { SourceMap, type SourceMapPayload } from 'node:module'

const INLINE = /\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)\s*$/

/** A place in the source of a cell, both counted from one. */
export interface Place {
  line: number
  column: number
}

/** Splits an inline source map off emitted code. */
export function splitInlineMap(code: string): { code: string; map: SourceMap | undefined } {
  const found = INLINE.exec(code)
  if (!found) return { code, map: undefined }
  const payload = JSON.parse(Buffer.from(found[1]!, 'base64').toString()) as SourceMapPayload
  return { code: code.slice(0, found.index), map: new SourceMap(payload) }
}

/** The way back from the code that runs to the cell, or to a file that it imports: through CommonJS → JavaScript, then JavaScript → TypeScript. */
export class CellMap {
  /** @param prefixLines how many lines stand before what the user wrote */
  constructor(
    private readonly steps: readonly SourceMap[],
    private readonly prefixLines: number,
  ) {}

  /** The place in the cell for a place in the running code, or undefined for generated code. */
  original(line: number, column: number): Place | undefined {
    let at = { line: line - 1, column: column - 1 }
    for (const step of this.steps) {
      const entry = step.findEntry(at.line, at.column) as Partial<ReturnType<SourceMap['findEntry']>> & {
        originalLine?: number
        originalColumn?: number
      }
      if (entry.originalLine === undefined || entry.originalColumn === undefined) return undefined
      at = { line: entry.originalLine, column: entry.originalColumn }
    }
    const cellLine = at.line - this.prefixLines
    return cellLine < 0 ? undefined : { line: cellLine + 1, column: at.column + 1 }
  }
}
