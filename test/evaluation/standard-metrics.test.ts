import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

test("radon's figures for Python's own library", async (context) => {
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
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.py'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((source) => source.length < 30_000 && source.trim() !== '' && !source.includes('```'))
  const output = execFileSync(python, [SCRIPT], { input: JSON.stringify(sources), maxBuffer: 1 << 28 })
  await compare(JSON.parse(output.toString('utf8')) as RadonRow[])
})

test('code that does not parse has none of them', async (context) => {
  needsParser(context, evaluator)
  const [measured] = await evaluator.measure([{ text: 'def f(x)\n    return x' }])
  expect(measured!.parses).toBe(false)
  expect(measured!.metrics).toEqual(
    Object.fromEntries([...STANDARD_METRICS, ...TREE_METRICS].map((name) => [name, null])),
  )
  expect(measured!.details).toBeNull()
})
