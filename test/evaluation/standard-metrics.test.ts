import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'
import {
  createEvaluator,
  STANDARD_METRICS,
  TREE_METRICS,
  type Evaluator,
} from '../../src/evaluation/index.js'
import { needsParser } from './helpers/requirements.js'

interface RadonRow {
  readonly source: string
  readonly metrics: Record<string, number | null>
}

const GOLDEN = new URL('golden/standard-metrics.json', import.meta.url)
const SCRIPT = fileURLToPath(new URL('golden/radon_metrics.py', import.meta.url))

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator({ definitions: 'standard', sandbox: false })
})
afterAll(() => evaluator.close())

async function compare(rows: readonly RadonRow[]): Promise<void> {
  const measured = await evaluator.measure(rows.map(({ source }) => ({ text: source })))
  rows.forEach(({ source, metrics }, index) => {
    // `match` and `except*` are not in every Python.
    if (!measured[index]!.parses && evaluator.capabilities.pythonVersion! < '3.11') return
    for (const [name, value] of Object.entries(metrics)) {
      const given = measured[index]!.metrics[name]
      const what = `${name} of\n${source}`
      if (value === null) expect(given, what).toBeNull()
      else
        expect(Math.abs(given! - value), `${given} for ${value}: ${what}`).toBeLessThanOrEqual(
          1e-10 * Math.abs(value),
        )
    }
  })
}

test("radon's figures for a corpus of ours", async (context) => {
  needsParser(context, evaluator)
  const rows = JSON.parse(readFileSync(GOLDEN, 'utf8')) as RadonRow[]
  expect(rows.length).toBeGreaterThan(60)
  await compare(rows.filter(({ source }) => source.trim() !== ''))
})

/** The sources of Python's own library, shorter than `characters`, and what radon says of them. Skips without radon. */
function radonOfLibrary(context: TestContext, characters: number, recursive: boolean, what?: 'blocks') {
  needsParser(context, evaluator)
  const python = process.env['RADON_PYTHON'] ?? 'python3'
  if (spawnSync(python, ['-c', 'import radon']).status !== 0) {
    console.warn(
      `skipped: ${python} has no radon (pip install radon==5.1; RADON_PYTHON names another Python)`,
    )
    return context.skip()
  }
  const folder = execFileSync(python, ['-c', 'import os; print(os.path.dirname(os.__file__))'], {
    encoding: 'utf8',
  }).trim()
  const sources = readdirSync(folder, { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py') && !/\b(tests?|site-packages|lib2to3)\b/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((source) => source.length < characters && source.trim() !== '' && !source.includes('```'))
  const output = execFileSync(python, [SCRIPT, ...(what ? [what] : [])], {
    input: JSON.stringify(sources),
    maxBuffer: 1 << 28,
  })
  return { sources, radon: JSON.parse(output.toString('utf8')) as unknown }
}

test("radon's figures for Python's own library", async (context) => {
  const { radon } = radonOfLibrary(context, 30_000, false)
  await compare(radon as RadonRow[])
})

test("radon's complexity and rank of every block of Python's library, 10,000 and more", async (context) => {
  const { sources, radon } = radonOfLibrary(context, Infinity, true, 'blocks')
  const measured = await evaluator.measure(sources.map((text) => ({ text })))
  const theirs = radon as [string, string | null, number, number, string][][]
  measured.forEach(({ details }, index) => {
    const ours = details!.blocks.map(
      ({ name, className, line, complexity, rank }) => [name, className, line, complexity, rank] as const,
    )
    const inOrder = (blocks: readonly (readonly unknown[])[]) => blocks.map((block) => block.join(' ')).sort()
    expect(inOrder(ours)).toEqual(inOrder(theirs[index]!))
  })
  expect(theirs.flat().length).toBeGreaterThan(10_000)
}, 300_000)

test('code that does not parse has none of them', async (context) => {
  needsParser(context, evaluator)
  const [measured] = await evaluator.measure([{ text: 'def f(x)\n    return x' }])
  expect(measured!.parses).toBe(false)
  expect(measured!.metrics).toEqual(
    Object.fromEntries([...STANDARD_METRICS, ...TREE_METRICS].map((name) => [name, null])),
  )
  expect(measured!.details).toBeNull()
})
