import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEvaluator, type Evaluator } from '../../src/evaluation/index.js'

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator()
  console.log(evaluator.capabilities)
})
afterAll(() => evaluator.close())

test('outcomes', async () => {
  const tests = ['assert f(1) == 2']
  const results = await evaluator.run(
    [
      { code: 'def f(x):\n    return x + 1', tests },
      { code: 'def f(x):\n    return x', tests },
      { code: 'def f(x):\n    return x / 0', tests },
      { code: 'def f(x):\n    while True: pass', tests },
      { code: 'def f(x):\n    import time; time.sleep(100)', tests },
      { code: 'def f(x):\n    return [0] * 10**10', tests },
      { code: 'import os\nos._exit(0)', tests },
      { code: 'def g(x):\n    return x', tests },
      { code: 'def f(x)\n    return x', tests },
      { code: null, tests },
    ],
    { cpuSeconds: 1, wallSeconds: 2 },
  )
  console.log(results)
})
