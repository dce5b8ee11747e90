import { setTimeout as sleep } from 'node:timers/promises'
import { Crv, type Engine } from '../../src/engine/index.js'
import type { Evaluator } from '../../src/evaluation/index.js'
import {
  resolveArms,
  runSweep,
  seedFrom,
  StudyStore,
  type ArmOptions,
  type Shard,
  type StudySettings,
  type StudyWork,
  type SweepOptions,
  type SweepRecord,
  type SweepTools,
} from '../../src/sweep/index.js'

/** What to sweep with a stub generator, whose texts follow from the prompt, the arm and the seed. */
export interface StubSweep extends ArmOptions {
  readonly taskIds: readonly number[]
  readonly samples?: number
  readonly seed?: number
  /** Added to the problems' texts. */
  readonly wording?: string
  readonly context?: SweepOptions['context']
  readonly shard?: Shard
  readonly keepCrvs?: SweepOptions['keepCrvs']
  /** Bytes at which DuckDB's log is taken into the file; 16 MB unless told. */
  readonly logLimit?: number
  /** Milliseconds that generating a unit takes. */
  readonly pause?: number
  /** Called with the problems that are stored. */
  readonly onStart?: (stored: readonly number[]) => void
  readonly onUnit?: (taskId: number) => void
}

/** What was asked of the stub generator. */
export interface StubCalls {
  thinking: number
  arms: number
}

export const STUB_MODEL = {
  name: 'stub',
  architecture: 'llama',
  path: 'stub.gguf',
  layerCount: 3,
  hiddenSize: 8,
  contextSize: 1,
}

const prompts = {
  thinking: { user: '{{problem}}{{tests}}', assistant: '' },
  generation: { user: '{{problem}}{{tests}}', assistant: '' },
}

/** Sweeps whose processes are ended on the way. */
export type StubMode = 'stub' | 'kept' | 'checkpoints'

/** `kept`: any interventions, and CRVs kept. `checkpoints`: the child takes the log into the file every other unit. */
export function stubSweepOf(mode: StubMode, units: number): StubSweep {
  return {
    taskIds: Array.from({ length: units }, (_, index) => index + 1),
    ...(mode === 'kept' && {
      layers: ['original', 0, 1, 2],
      arms: [{ injections: [{ layer: 1, from: 0, slice: [-2] }] }],
      keepCrvs: true,
    }),
  }
}

/** Sweeps into a study, as a session does, with a generator that costs nothing. */
export async function stubSweep(
  folder: string,
  sweep: StubSweep,
): Promise<{ records: SweepRecord[]; calls: StubCalls }> {
  const { samples = 1, seed = 7, pause = 0, context, logLimit } = sweep
  const options = stubOptions(sweep)
  const calls = { thinking: 0, arms: 0 }
  const store = await StudyStore.begin(folder, stubSettings(seed, context !== undefined))
  try {
    if (logLimit) store.database.logLimit = logLimit
    const work = await store.startWork(stubWork(options, samples))
    try {
      const isStored = (problem: (typeof options.problems)[number]) =>
        work.stored({ problem, sample: 0, seed: 0, thinkingSeed: 0 })
      sweep.onStart?.(options.problems.filter(isStored).map(({ task_id }) => task_id))
      const records: SweepRecord[] = []
      await runSweep(options, { ...stubTools(pause, calls), store: work }, records)
      return { records, calls }
    } finally {
      work.end()
    }
  } finally {
    await store.close()
  }
}

export function stubOptions(sweep: StubSweep): SweepOptions {
  const { taskIds, seed = 7, wording = '' } = sweep
  return {
    ...sweep,
    problems: taskIds.map((task_id) => ({
      task_id,
      text: `Problem ${task_id}: “quotes”, \n new lines, ${'long '.repeat(task_id % 1000)}${wording}`,
      code: '',
      test_list: ['assert True'],
      test_setup_code: '',
      challenge_test_list: [],
    })),
    ...(!sweep.layers && !sweep.arms && !sweep.grid && { layers: ['original', 0, 1, 2] as const }),
    temperature: 0.8,
    seed,
    onProgress: ({ taskId }) => sweep.onUnit?.(taskId),
  }
}

export function stubWork(options: SweepOptions, samples = 1): StudyWork {
  const { problems } = options
  return {
    problems,
    samples,
    arms: resolveArms(options, 3),
    model: STUB_MODEL,
    shard: options.shard ?? null,
    environment: {},
  }
}

/** What generates and measures at no cost. */
export function stubTools(pause = 0, calls: StubCalls = { thinking: 0, arms: 0 }): SweepTools {
  return { engine: stubEngine(pause, calls), evaluator: stubEvaluator(), prompts }
}

export function stubSettings(seed = 7, isGiven = false): StudySettings {
  return {
    model: { sha256: '0'.repeat(64), name: 'stub' },
    code: { nirLab: '0', nodeLlamaCpp: '0' },
    engine: { contextSize: 1, flashAttention: null, cacheType: 'f16', exact: false },
    prompts,
    context: isGiven ? 'given' : 'thought',
    seed,
    temperature: 0.8,
    maxTokens: 250,
    maxThinkingTokens: 1000,
    stop: [],
  }
}

function stubEngine(pause: number, calls: StubCalls): Engine {
  const generation = (arm: string, text: string) => ({
    arm,
    text,
    tokens: [...text].map((_, index) => index),
    logProbabilities: [-(seedFrom(text, 'p') % 1000) / 997],
    entropies: [(seedFrom(text, 'e') % 1000) / 991],
    stopReason: 'endToken',
    timings: { prefillMilliseconds: Math.random(), decodeMilliseconds: Math.random() },
  })
  const words = (...parts: (string | number)[]) =>
    `${seedFrom(...parts)} `.repeat(seedFrom(...parts, 'n') % 60)
  return {
    model: STUB_MODEL,
    lanes: 12,
    chat: (messages: { content: string }[]) => messages[0]!.content,
    generate: (prompt: string, { seed }: { seed: number }) => {
      calls.thinking++
      return Promise.resolve(generation('', words(prompt, seed)))
    },
    capture: (context: string, { layers }: { layers: number[] }) =>
      Promise.resolve(
        new Crv({
          states: new Map(
            layers.map((layer) => [layer, new Float32Array((context.length + 1) * 8).fill(layer)]),
          ),
          tokens: Array.from({ length: context.length + 1 }, (_, index) => index),
          hiddenSize: 8,
        }),
      ),
    generateArms: async (
      prompt: string,
      arms: { name: string }[],
      { seed, signal }: { seed: number; signal?: AbortSignal },
    ) => {
      await sleep(pause, undefined, { signal })
      calls.arms += arms.length
      return arms.map(({ name }) => generation(name, words(prompt, name, seed)))
    },
  } as unknown as Engine
}

function stubEvaluator(): Evaluator {
  return {
    capabilities: { reasons: [] },
    measure: (items: { text: string }[]) =>
      Promise.resolve(
        items.map(({ text }) => ({
          functions: text ? [] : null,
          code: text,
          parses: text.length % 2 > 0,
          metrics: { lines: text.length / 7, undefined_here: null },
        })),
      ),
    run: (programs: { code: string }[]) =>
      Promise.resolve(
        programs.map(({ code }) => ({
          outcome: code.length % 3 ? 'failed' : 'passed',
          passed: code.length % 3 === 0,
          challengePassed: code.length % 3 === 0 ? code.length % 2 === 0 : null,
          message: code.slice(0, 10),
          cpuSeconds: null,
          wallSeconds: Math.random(),
        })),
      ),
  } as unknown as Evaluator
}
