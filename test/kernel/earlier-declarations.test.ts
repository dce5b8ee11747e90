import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { CellConverter } from '../../kernel/convert/cell-converter.js'

let converter: CellConverter
beforeAll(() => {
  const api = pathToFileURL(join(import.meta.dirname, 'fake-api/index.js'))
  converter = new CellConverter(mkdtempSync(join(tmpdir(), 'nir-declarations-')), api)
})

/** The declarations after cells. */
const after = (...cells: string[]) =>
  cells.reduce((declarations, cell) => converter.convert(declarations, cell).declarations, '')
/** The type of an expression. */
const typeOf = (declarations: string, expression: string) =>
  /value: (.*);/.exec(
    converter.convert(declarations, `const value = [${expression}] as const`).declarations,
  )?.[1]

describe('what earlier cells declared', () => {
  const CELLS = [
    '/** The first. */\nconst a = 1, b = "x"',
    "import { join, dirname } from 'node:path'",
    'interface Row { id: number }\nfunction rows(): Row[] { return [] }',
    "import * as os from 'node:os'\nenum Kind { One }\nclass Thing { kind = Kind.One }",
  ]

  it('stays the same text, whatever cells declare nothing', () => {
    const declared = after(...CELLS)
    expect(after(...CELLS, 'a', 'b', 'rows()')).toBe(declared)
    expect(declared).toContain('/** The first. */')
    expect(declared.match(/export \{\}/g) ?? []).toHaveLength(0)
  })

  it.each([
    ['one of two variables', 'const a = "new"', 'a, b', '"new", "x"'],
    ['one of two imports', 'const join = 1 as const', 'join, dirname.length', '1, number'],
    ['a type', 'interface Row { name: string }', '({} as Row).name', 'string'],
    ['a namespace', 'const os = 1 as const', 'os, a', '1, 1'],
  ])(
    'loses %s to a cell that declares it anew, and what was before is still known',
    (_, cell, expression, type) => {
      const before = after(...CELLS)
      const now = converter.convert(before, cell).declarations
      expect(typeOf(now, expression)).toBe(`readonly [${type}]`)
      // The same declarations once more, as for a completion or a parameter: nothing may be missing.
      expect(converter.convert(before, cell).declarations).toBe(now)
      expect(converter.convert(before, '[a, b, join, dirname, os, rows, Kind, Thing]').declarations).toBe(
        before,
      )
    },
  )
})
