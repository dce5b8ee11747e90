import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEvaluator, type Evaluator } from '../../src/evaluation/index.js'
import { needsSharedFile } from './helpers/requirements.js'

interface GoldenRow {
  readonly id: string
  readonly text: string
  readonly tests: string[]
  readonly functions: string[] | null
  readonly metrics: Record<string, number | null>
}

const OWN = new URL('../golden/thesis-metrics.json', import.meta.url)
const MBPP = new URL('../../../shared/mbpp/thesis-metrics-mbpp.json', import.meta.url)

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator({ sandbox: false })
})
afterAll(() => evaluator.close())

async function compare(file: URL): Promise<number> {
  const rows = JSON.parse(readFileSync(file, 'utf8')) as GoldenRow[]
  const measured = await evaluator.measure(rows)
  rows.forEach((row, index) => {
    expect(measured[index]!.functions, row.id).toEqual(row.functions)
    for (const [name, value] of Object.entries(row.metrics)) {
      const given = measured[index]!.metrics[name]
      if (value === null) expect(given, `${row.id} ${name}`).toBeNull()
      else
        expect(Math.abs(given! - value), `${row.id} ${name}: ${given} for ${value}`).toBeLessThanOrEqual(
          1e-12 * Math.abs(value),
        )
    }
  })
  return rows.length
}

describe("the release's own functions gave these figures", () => {
  test('275 texts of ours', async () => {
    expect(await compare(OWN)).toBe(275)
  })

  test('400 texts made from MBPP', async (context) => {
    needsSharedFile(context, fileURLToPath(MBPP))
    expect(await compare(MBPP)).toBe(400)
  })
})
