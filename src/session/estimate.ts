import { SEQUENCES, type MemoryEstimate } from '../engine/index.js'
import { chatPrompt, type NamedArm } from '../nir/index.js'
import type { Problem } from '../problems/index.js'
import { sweepWidth, type SweepOptions, type SweepRecord, type SweepTools } from '../sweep/index.js'
import { planSweep, type SweepPlan } from '../sweep/plan.js'

/** Tokens that the calibration generates of each sequence. */
const CALIBRATION_TOKENS = 16
/** Arms that the calibration generates: of so many, each takes its share of a step. */
const CALIBRATION_ARMS = 32

/** Of a shard without units. */
const NOTHING: Omit<SweepEstimate, 'arms'> = {
  units: { total: 0, stored: 0 },
  generations: { total: 0, stored: 0 },
  tokens: { thinking: 0, generation: 0, from: 'limits' },
  memory: { weights: 0, cache: 0, compute: 0, total: 0 },
  calibration: {
    units: 0,
    arms: 0,
    tokens: 0,
    thinking: { prefill: 0, step: 0 },
    generation: { prefill: 0, step: 0 },
  },
  milliseconds: 0,
}

/** What a sweep would do. */
export interface SweepEstimate {
  /** Problem × sample units, and how many of them are stored whole. */
  readonly units: { readonly total: number; readonly stored: number }
  readonly arms: readonly string[]
  readonly generations: { readonly total: number; readonly stored: number }
  /** New tokens that are left to make. */
  readonly tokens: {
    readonly thinking: number
    readonly generation: number
    /** From the means of what is stored, or the most that the limits allow. */
    readonly from: 'stored' | 'limits'
  }
  /** Bytes of weights, cache and computing, were every sequence as long as its limits allow. */
  readonly memory: MemoryEstimate
  /** What was measured: a prefill and some steps of the units that run at once. */
  readonly calibration: {
    /** Units that ran at once, as in the sweep. */
    readonly units: number
    /** Of each unit: all, or as many as tell what an arm takes. */
    readonly arms: number
    /** Tokens of each sequence. */
    readonly tokens: number
    readonly thinking: StageTime
    readonly generation: StageTime
  }
  /** Without tests and metrics, which run beside it. */
  readonly milliseconds: number
}

/** Milliseconds of a stage of the units that run at once. */
export interface StageTime {
  readonly prefill: number
  /** Of a step, which gives one token to every sequence. */
  readonly step: number
}

/**
 * Estimates a sweep from its plan, what is stored of it, and a short calibration on the loaded model.
 * @param stored - records of the study, and the mean tokens of its thinking
 */
export async function estimateSweep(
  options: SweepOptions,
  tools: SweepTools,
  stored: { readonly records: readonly SweepRecord[]; readonly thinkingTokens: number | null },
): Promise<SweepEstimate> {
  const plan = planSweep(options, tools.engine.model)
  const names = plan.arms.map(({ name }) => name)
  if (plan.units.length === 0) return { ...NOTHING, arms: names }
  const known = new Map<string, Set<string>>()
  for (const { taskId, sample, arm } of stored.records) {
    const key = `${taskId}/${sample}`
    known.set(key, (known.get(key) ?? new Set()).add(arm))
  }
  const left = plan.units.map(({ problem, sample }) => {
    const arms = known.get(`${problem.task_id}/${sample}`)
    return {
      thinking: !arms && !options.context,
      arms: plan.arms.filter(({ name }) => !arms?.has(name)).length,
    }
  })
  const generationsLeft = left.reduce((sum, unit) => sum + unit.arms, 0)
  const thinkingsLeft = left.filter(({ thinking }) => thinking).length
  const each = tokensEach(options, stored)
  const calibration = await calibrate(plan, options, tools)
  const { units: width, thinking, generation } = calibration
  return {
    units: { total: plan.units.length, stored: left.filter(({ arms }) => arms === 0).length },
    arms: names,
    generations: {
      total: plan.units.length * plan.arms.length,
      stored: plan.units.length * plan.arms.length - generationsLeft,
    },
    tokens: {
      thinking: Math.round(thinkingsLeft * each.thinking),
      generation: Math.round(generationsLeft * each.generation),
      from: each.from,
    },
    memory: memoryOf(plan, options, tools, width),
    calibration,
    milliseconds:
      (thinkingsLeft / width) * (thinking.prefill + each.thinking * thinking.step) +
      (generationsLeft / calibration.arms / width) * (generation.prefill + each.generation * generation.step),
  }
}

function tokensEach(
  { maxTokens = 250, maxThinkingTokens = 1000 }: SweepOptions,
  { records, thinkingTokens }: Parameters<typeof estimateSweep>[2],
): { thinking: number; generation: number; from: 'stored' | 'limits' } {
  if (records.length === 0) return { thinking: maxThinkingTokens, generation: maxTokens, from: 'limits' }
  const generation = records.reduce((sum, { tokenCount }) => sum + tokenCount, 0) / records.length
  return { thinking: thinkingTokens ?? maxThinkingTokens, generation, from: 'stored' }
}

/** As many units at once as the sweep runs, without injections: what they cost beside a step is their prefill. */
async function calibrate(
  { units, arms }: SweepPlan,
  { temperature, signal }: SweepOptions,
  { engine, prompts }: SweepTools,
): Promise<SweepEstimate['calibration']> {
  const problems = units.slice(0, sweepWidth(engine, arms)).map(({ problem }) => problem)
  const options = { temperature, signal, maxTokens: CALIBRATION_TOKENS }
  const measured = arms.slice(0, CALIBRATION_ARMS).map(plain)
  const run = async (generate: (problem: Problem) => Promise<readonly Timed[]>) =>
    stageTime((await Promise.all(problems.map(generate))).flat())
  const think = async (problem: Problem) => [
    await engine.generate(chatPrompt(engine, prompts.thinking, problem), options),
  ]
  await run(think) // the first run makes the cache
  return {
    units: problems.length,
    arms: measured.length,
    tokens: CALIBRATION_TOKENS,
    thinking: await run(think),
    generation: await run((problem) =>
      engine.generateArms(chatPrompt(engine, prompts.generation, problem), measured, options),
    ),
  }
}

const plain = ({ name }: NamedArm) => ({ name })

type Timed = Awaited<ReturnType<SweepTools['engine']['generate']>>

function stageTime(generations: readonly Timed[]): StageTime {
  const most = (of: (one: Timed) => number) => Math.max(...generations.map(of))
  return {
    prefill: most(({ timings }) => timings.prefillMilliseconds),
    step:
      most(({ timings }) => timings.decodeMilliseconds) /
      Math.max(1, most(({ tokens }) => tokens.length) - 1),
  }
}

/** Every sequence as long as its limits allow, each arm with a context of its own. */
function memoryOf(
  { units, arms }: SweepPlan,
  { maxTokens = 250, maxThinkingTokens = 1000 }: SweepOptions,
  { engine, prompts }: SweepTools,
  width: number,
): MemoryEstimate {
  const prompt = engine.tokenize(chatPrompt(engine, prompts.generation, units[0]!.problem)).length
  const injected = arms.filter(({ injections = [] }) => injections.length > 0).length
  const sequences = Math.min(width * arms.length, SEQUENCES)
  const each = prompt + maxTokens + (injected / arms.length) * maxThinkingTokens
  return engine.memoryFor(Math.ceil(sequences * each))
}
