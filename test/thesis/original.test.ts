import { describe, expect, it } from 'vitest'
import type { Engine, GenerateOptions } from '../../src/engine/index.js'
import type { Evaluator } from '../../src/evaluation/index.js'
import { NOT_RUN } from '../../src/evaluation/execution/runner.js'
import { loadPrompts } from '../../src/nir/index.js'
import type { Problem } from '../../src/problems/index.js'
import type { SweepProgress } from '../../src/sweep/index.js'
import { ReproductionEndedError, type ReproduceOptions } from '../../src/thesis/index.js'
import { reproduce } from '../../src/thesis/reproduce.js'

const problems = [1, 2, 3].map((task_id): Problem => ({
  task_id,
  text: `Problem ${task_id}.`,
  code: '',
  test_list: [`assert solve_${task_id}(1) == 2`],
  test_setup_code: '',
  challenge_test_list: [],
}))

/** Stubs; `text` is what the arm gives at a problem's n-th generation in it, counted from 0. */
function tools(text: (task: number, arm: string, attempt: number) => string) {
  const seen: Record<string, number> = {}
  const calls = {
    thought: [] as number[],
    generated: [] as { arm: string; from: unknown; options: GenerateOptions }[],
  }
  const engine = {
    model: { layerCount: 32, hiddenSize: 1, name: 'stub' },
    lanes: 8,
    chat: ([message]: { content: string }[]) => message!.content,
    generate: (_prompt: string, { seed }: { seed: number }) => {
      calls.thought.push(seed)
      return Promise.resolve({ text: '', tokens: [] })
    },
    capture: () => Promise.resolve({ tokenCount: 1 }),
    generateArms: (
      prompt: string,
      arms: { name: string; injections?: { from: number }[] }[],
      options: GenerateOptions,
    ) => {
      const task = Number(/Problem (\d)/.exec(prompt)![1])
      return Promise.resolve(
        arms.map(({ name, injections }) => {
          calls.generated.push({ arm: name, from: injections?.[0]?.from, options })
          const key = `${task} ${name}`
          seen[key] = (seen[key] ?? -1) + 1
          return {
            arm: name,
            text: text(task, name, seen[key]),
            tokens: [],
            logProbabilities: [],
            entropies: [],
            stopReason: 'stop',
          }
        }),
      )
    },
  }
  const evaluator = {
    capabilities: { reasons: ['a reason'] },
    measure: (items: unknown[]) =>
      Promise.resolve(items.map(() => ({ functions: [], code: null, parses: null, metrics: {} }))),
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

const good = (task: number) => `def solve_${task}(x): pass`
const run = async (text: Parameters<typeof tools>[0], options: Partial<ReproduceOptions> = {}) => {
  const { tools: stubs, calls } = tools(text)
  const reproduction = await reproduce({ problems, protocol: 'original', ...options }, stubs)
  return { reproduction, calls }
}

describe('the original protocol', () => {
  it('thinks anew for every arm that injects', async () => {
    const { reproduction, calls } = await run(good)
    expect(reproduction.records).toHaveLength(12)
    expect(calls.thought).toHaveLength(9)
    expect(new Set(calls.thought).size).toBe(9)
    expect(new Set(reproduction.records.map(({ seed }) => seed)).size).toBe(12)
  })

  it('makes a second attempt where the function name is missing or the text is short, and no third', async () => {
    const { reproduction, calls } = await run((task, arm, attempt) => {
      if (arm === 'layer 10' && task === 2 && attempt === 0) return 'def other(x): pass'
      if (arm === 'layer 23' && task === 3) return `solve_${task}`
      return good(task)
    })
    const attempts = reproduction.records.map(({ arm, taskId, attempts }) => [arm, taskId, attempts])
    expect(attempts).toHaveLength(12)
    expect(attempts.filter(([, , count]) => count !== 1)).toEqual([
      ['layer 23', 3, 2],
      ['layer 10', 2, 2],
    ])
    expect(calls.thought).toHaveLength(11)
    expect(new Set(calls.thought).size).toBe(11)
    const text = (arm: string, task: number) =>
      reproduction.records.find((one) => one.arm === arm && one.taskId === task)!.text
    expect(text('layer 10', 2)).toBe(good(2))
    expect(text('layer 23', 3)).toBe('solve_3')
  })

  it('does not end at the fence, and samples at 0.8', async () => {
    const { calls } = await run(good)
    for (const { options } of calls.generated) expect(options).toMatchObject({ stop: [], temperature: 0.8 })
  })

  it.each([
    ['described', { 'layer 1': 1, 'layer 10': 10, 'layer 23': 23, original: undefined }],
    ['released', { 'layer 1': 10, 'layer 10': 23, 'layer 23': 1, original: undefined }],
  ] as const)('injects the CRVs of the %s mapping', async (mapping, expected) => {
    for (const protocol of ['original', 'paired'] as const) {
      const { calls, reproduction } = await run(good, { mapping, protocol })
      expect(Object.fromEntries(calls.generated.map(({ arm, from }) => [arm, from]))).toEqual(expected)
      expect(reproduction.notes.join(' ').includes('permuted')).toBe(mapping === 'released')
    }
  })

  it('numbers the samples, and reports progress over all arms', async () => {
    const seen: SweepProgress[] = []
    const { reproduction } = await run((task, _, attempt) => (attempt === 0 ? '' : good(task)), {
      samples: 2,
      onProgress: (progress) => seen.push(progress),
    })
    const keys = reproduction.records.map(({ arm, taskId, sample }) => `${arm} ${taskId} ${sample}`)
    expect(new Set(keys).size).toBe(24)
    expect(seen.map(({ total }) => total)).toEqual(seen.map(() => 24))
    expect(seen.at(-1)).toMatchObject({ done: 24, generations: 24 + 12 })
    expect(seen.every(({ done }, index) => done >= (seen[index - 1]?.done ?? 0))).toBe(true)
  })

  it('keeps what was finished when it fails', async () => {
    const failing = (task: number, arm: string) => {
      if (arm === 'layer 1' && task === 3) throw new Error('no more')
      return good(task)
    }
    const error = await run(failing).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ReproductionEndedError)
    const { code, reproduction } = error as ReproductionEndedError
    expect(code).toBe('REPRODUCTION_FAILED')
    expect(reproduction.records.filter(({ arm }) => arm === 'layer 23')).toHaveLength(3)
    expect(reproduction.records.some(({ arm }) => arm === 'layer 10')).toBe(false)
    const [rate] = reproduction.table('response_rates').rows
    expect(rate!.cells.map(({ measured }) => measured !== null)).toEqual([true, false, true, false])
  })

  it.each<[string, Partial<ReproduceOptions>, string]>([
    ['protocol', { protocol: 'unpaired' as never }, 'OPTION_OUT_OF_RANGE'],
    ['mapping', { mapping: { 1: 2 } as never }, 'OPTION_OUT_OF_RANGE'],
    ['decodePositions', { decodePositions: 'early' as never }, 'OPTION_OUT_OF_RANGE'],
    ['problems', { problems: [] }, 'NO_PROBLEMS'],
    ['samples', { samples: 2, temperature: 0 }, 'SAMPLES_WITHOUT_TEMPERATURE'],
  ])('an impossible value of %s is refused before anything runs', async (_, options, code) => {
    const { tools: stubs, calls } = tools(good)
    await expect(reproduce({ problems, protocol: 'original', ...options }, stubs)).rejects.toMatchObject({
      code,
    })
    expect(calls.thought).toEqual([])
  })
})
