import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { measure } from '../../src/evaluation/measure.js'
import { findParser } from '../../src/evaluation/python/find.js'
import type { PythonParser } from '../../src/evaluation/python/parser.js'
import type { PyodideModule } from '../../src/evaluation/python/pyodide.js'

// The package is optional; PYODIDE names a copy elsewhere, as the path of its pyodide.mjs.
const load = () => import(process.env['PYODIDE'] ?? 'pyodide') as Promise<PyodideModule>

let parser: PythonParser | null
let reasons: readonly string[]
beforeAll(async () => {
  ;({ parser, reasons } = await findParser([], load))
})
afterAll(() => parser?.close())
beforeEach((context) => {
  if (parser) return
  console.warn(`skipped: ${context.task.name}: ${reasons.join(' ')}`)
  context.skip()
})

test('parses as CPython does', async () => {
  expect(parser).toMatchObject({ kind: 'pyodide', version: expect.stringMatching(/^3\.13\./) as unknown })
  const sources = [
    'x = 1',
    'def f(:',
    'x = 1\0',
    '"\ud800"',
    `${'('.repeat(100_000)}`,
    'match x:\n    case 1: pass',
  ]
  expect(await parser!.check(sources)).toEqual([true, false, false, false, false, true])
  const [good, bad] = await parser!.parse(sources)
  expect(good!.tree).toMatchObject({ type: 'Module' })
  expect(bad!.error).toMatchObject({ kind: 'SyntaxError', line: 1 })
})

test.each([
  ['signs', `${'-'.repeat(100_000)}1`],
  ['a long sum', `${'1+'.repeat(100_000)}1`],
  ['a long chain', `x${'.a'.repeat(100_000)}`],
  ['nested calls', `${'f('.repeat(10_000)}${')'.repeat(10_000)}`],
])('%s: an answer, and the next text is parsed', async (_, source) => {
  const [result] = await parser!.parse([source])
  expect(result!.tree === null || result!.error === null).toBe(true)
  expect(await parser!.check(['x = 1'])).toEqual([true])
})

test('gives the figures that CPython gives', async () => {
  const rows = JSON.parse(
    readFileSync(new URL('../golden/thesis-metrics.json', import.meta.url), 'utf8'),
  ) as {
    text: string
    tests: string[]
    metrics: Record<string, number | null>
  }[]
  for (const row of rows) {
    const [measured] = await measure([row], { definitions: 'thesis', radon: '5.1', parser })
    const { syntactic_correctness, cyclomatic_complexity } = row.metrics
    expect(measured!.metrics).toMatchObject({ syntactic_correctness, cyclomatic_complexity })
  }
})

test('another version is not used', async () => {
  const found = await findParser([], async () => ({ ...(await load()), version: '0.28.0' }))
  expect(found.parser).toBeNull()
  expect(found.reasons.join()).toMatch(/pyodide is 0.28.0.*npm install pyodide@0.29.5/)
})
