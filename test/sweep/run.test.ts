import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/index.js'
import type { Evaluator } from '../../src/evaluation/index.js'
import { NOT_RUN } from '../../src/evaluation/execution/runner.js'
import { loadPrompts } from '../../src/nir/index.js'
import type { Problem } from '../../src/problems/problem.js'
import type { SweepOptions } from '../../src/sweep/plan.js'
import { runSweep, type SweepRecord } from '../../src/sweep/index.js'

const problems = [1, 2, 3, 4].map((task_id): Problem => ({
  task_id,
  text: `Problem ${task_id}.`,
  code: '',
  test_list: ['assert True'],
  test_setup_code: '',
  challenge_test_list: [],
}))
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Stubs of what a sweep works with; `fails` names the call that throws. */
function tools(fails: { unit: number; in: 'generate' | 'measure' }) {
  const calls = { generated: 0, measured: 0 }
  const engine = {
    model: { layerCount: 2, hiddenSize: 1 },
    lanes: 2, // two units at once
    chat: () => '',
    generate: () => Promise.resolve({ text: '', tokens: [] }),
    capture: () => Promise.resolve({ tokenCount: 1 }),
    generateArms: async (_prompt: string, arms: { name: string }[], { signal }: { signal?: AbortSignal }) => {
      await pause(10)
      signal?.throwIfAborted()
      if (++calls.generated === fails.unit && fails.in === 'generate') throw new Error('generate failed')
      return arms.map(({ name }) => ({
        arm: name,
        text: '',
        tokens: [],
        logProbabilities: [],
        entropies: [],
        stopReason: 'stop',
      }))
    },
  }
  const evaluator = {
    measure: async (items: unknown[]) => {
      await pause(30)
      if (++calls.measured === fails.unit && fails.in === 'measure') throw new Error('measure failed')
      return items.map(() => ({ functions: [], code: null, parses: null, metrics: {} }))
    },
    run: (programs: unknown[]) => Promise.resolve(programs.map(() => NOT_RUN)),
  }
  return {
    calls,
    tools: {
      engine: engine as unknown as Engine,
      evaluator: evaluator as unknown as Evaluator,
      prompts: loadPrompts(),
    },
  }
}

async function sweep(fails: Parameters<typeof tools>[0], options: Partial<SweepOptions> = {}) {
  const { tools: stubs, calls } = tools(fails)
  const records: SweepRecord[] = []
  const error = await runSweep({ problems, layers: ['original', 0], ...options }, stubs, records).catch(
    (reason: unknown) => reason,
  )
  const atEnd = { records: records.length, ...calls }
  await pause(100)
  return { error, atEnd, later: { records: records.length, ...calls } }
}

describe('a sweep that fails midway', () => {
  it('keeps what was generated before, measured to its end, and then rests', async () => {
    const { error, atEnd, later } = await sweep({ unit: 3, in: 'generate' })
    expect(error).toMatchObject({ message: 'generate failed' })
    expect(atEnd.records).toBe(4)
    expect(later).toEqual(atEnd)
  })

  it('loses no finished unit when the second fails', async () => {
    const { atEnd } = await sweep({ unit: 2, in: 'generate' })
    expect(atEnd.records).toBe(2)
  })

  it('stops generating when measuring fails', async () => {
    const { error, atEnd, later } = await sweep({ unit: 1, in: 'measure' })
    expect(error).toMatchObject({ message: 'measure failed' })
    expect(atEnd.generated).toBeLessThan(4)
    expect(later).toEqual(atEnd)
  })

  it('an abort does not wait for what is being measured', async () => {
    const controller = new AbortController()
    setTimeout(() => {
      controller.abort(new Error('enough'))
    }, 15)
    const startedAt = performance.now()
    const { error, atEnd, later } = await sweep({ unit: 0, in: 'measure' }, { signal: controller.signal })
    expect(performance.now() - startedAt).toBeLessThan(100 + 30 + 15 + 30)
    expect(error).toMatchObject({ message: 'enough' })
    expect(later.records).toBe(atEnd.records)
  })
})

describe('a sweep of the original alone', () => {
  it('neither thinks nor captures', async () => {
    const { tools: stubs } = tools({ unit: 0, in: 'generate' })
    const refuse = () => Promise.reject(new Error('not needed'))
    const engine = Object.assign(stubs.engine, { generate: refuse, capture: refuse })
    const records: SweepRecord[] = []
    await runSweep({ problems, layers: ['original'] }, { ...stubs, engine }, records)
    expect(records.map(({ arm, context, contextTokenCount }) => [arm, context, contextTokenCount])).toEqual(
      problems.map(() => ['original', '', 0]),
    )
    await expect(runSweep({ problems, layers: ['original', 1] }, { ...stubs, engine }, [])).rejects.toThrow(
      'not needed',
    )
  })
})
