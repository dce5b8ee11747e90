import { afterAll, beforeAll, expect, it } from 'vitest'
import { compareToOriginal, toCSV } from '../../src/analysis/index.js'
import type { Engine } from '../../src/engine/index.js'
import { createEvaluator, type Evaluator } from '../../src/evaluation/index.js'
import { loadPrompts } from '../../src/nir/index.js'
import type { Problem } from '../../src/problems/problem.js'
import { runSweep, type SweepRecord } from '../../src/sweep/index.js'
import { needsSandbox } from '../evaluation/helpers/requirements.js'

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator()
})
afterAll(() => evaluator.close())

const problem: Problem = {
  task_id: 1,
  text: 'Give the number back.',
  code: 'def f(x):\n    return x',
  test_list: ['assert f(1) == 1'],
  test_setup_code: '',
  challenge_test_list: ['assert f(2) == 2'],
}

/** What the model "writes" in each arm: good, good for the easy test only, wrong. */
const TEXTS: Readonly<Record<string, string>> = {
  original: 'def f(x):\n    return x',
  'layer 0': 'def f(x):\n    return 1',
  'layer 1': 'def f(x):\n    return 0',
}

const engine = {
  model: { layerCount: 2, hiddenSize: 1 },
  lanes: 2,
  chat: () => '',
  capture: () => Promise.resolve({ tokenCount: 1 }),
  generateArms: (_prompt: string, arms: { name: string }[]) =>
    Promise.resolve(
      arms.map(({ name }) => ({
        arm: name,
        text: TEXTS[name],
        tokens: [],
        logProbabilities: [],
        entropies: [],
        stopReason: 'stop',
      })),
    ),
} as unknown as Engine

it("a sweep runs the problems' challenge tests, and its records say who passed them", async (context) => {
  needsSandbox(context, evaluator)
  const records: SweepRecord[] = []
  const withoutChallenge = { ...problem, task_id: 2, challenge_test_list: [] }
  await runSweep(
    { problems: [problem, withoutChallenge], context: () => 'context' },
    { engine, evaluator, prompts: loadPrompts() },
    records,
  )
  const found = records.map(({ taskId, arm, passed, challengePassed }) => [
    taskId,
    arm,
    passed,
    challengePassed,
  ])
  expect(found).toHaveLength(6)
  expect(found).toEqual(
    expect.arrayContaining([
      [1, 'original', true, true],
      [1, 'layer 0', true, false],
      [1, 'layer 1', false, null],
      [2, 'original', true, null],
      [2, 'layer 0', true, null],
      [2, 'layer 1', false, null],
    ]),
  )
  const shallow = compareToOriginal(records, 'challenge_passed').rows.find(({ arm }) => arm === 'layer 0')
  expect(shallow).toMatchObject({ pairs: 1, incomplete: 1, mean: 0, originalMean: 1 })
  expect(toCSV(records).split('\r\n')[0]).toMatch(/outcome,challenge_passed,/)
})
