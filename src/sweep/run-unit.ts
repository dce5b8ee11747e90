import type { Crv, Engine, Generation } from '../engine/index.js'
import type { Evaluator, Measurement, ProgramResult } from '../evaluation/index.js'
import {
  buildArm,
  capturedLayers,
  chatPrompt,
  injectedRows,
  meanEntropy,
  meanLogProbability,
  think,
  type NamedArm,
  type Prompts,
} from '../nir/index.js'
import { describeArm } from './arms.js'
import type { SweepOptions, Unit } from './plan.js'
import { programOf } from './program.js'
import type { SweepRecord } from './record.js'
import type { FinishedUnit, UnitStore } from './unit-store.js'

/** Closes the code that the generation prompt opened; what would follow is talk. */
const FENCE = '```'

/** What generates a unit. */
export interface UnitTools {
  readonly engine: Engine
  readonly prompts: Prompts
}

/** What a sweep works with. */
export interface SweepTools extends UnitTools {
  readonly evaluator: Evaluator
  /** Where finished units are kept and found again. Default: nowhere. */
  readonly store?: UnitStore | undefined
}

/** What determines a unit beside its problem, its seeds and its arms. */
export interface UnitOptions extends Pick<
  SweepOptions,
  'context' | 'temperature' | 'maxTokens' | 'maxThinkingTokens' | 'stop' | 'keepCrvs' | 'signal'
> {
  /** Think where no arm needs it too: a study keeps the thinking, for further arms to be made from. */
  readonly keepThinking: boolean
}

/** A unit's generations before they are measured. */
export interface Generated extends Pick<FinishedUnit, 'unit' | 'thinking' | 'context' | 'captured'> {
  readonly arms: readonly NamedArm[]
  readonly generations: readonly Generation[]
}

/** The texts that end a sweep's generations. */
function stopTexts(
  { stop }: Pick<SweepOptions, 'stop'>,
  generation: Prompts['generation'],
): readonly string[] {
  return stop ?? (generation.assistant.includes(FENCE) ? [FENCE] : [])
}

/**
 * Generates arms of a unit from one context, decoded together. Where nothing is captured, nothing is thought, unless it is
 * to be kept.
 * @param stored - the context text, where the unit has one already
 */
export async function generateUnit(
  unit: Unit,
  arms: readonly NamedArm[],
  stored: string | undefined,
  options: UnitOptions,
  tools: UnitTools,
): Promise<Generated> {
  const { engine } = tools
  const { signal } = options
  const layers = capturedLayers(arms)
  const { thinking, context } =
    stored !== undefined
      ? { thinking: null, context: stored }
      : layers.length > 0 || options.keepThinking
        ? await contextOf(unit, options, tools)
        : { thinking: null, context: '' }
  const startedAt = performance.now()
  const crv = layers.length > 0 ? await engine.capture(context, { layers, signal }) : null
  const captured = {
    layers,
    tokenCount: crv?.tokenCount ?? 0,
    milliseconds: performance.now() - startedAt,
    ...(crv &&
      options.keepCrvs && { kept: { crv, type: options.keepCrvs === 'f16' ? 'f16' : 'f32' } as const }),
  }
  const generations = await generateArms(unit, arms, crv, options, tools)
  return { unit, thinking, context, captured, arms, generations }
}

/** One call for the arms that share prompt and temperature; the engine decodes what is called at once together. */
async function generateArms(
  { problem, seed }: Unit,
  arms: readonly NamedArm[],
  crv: Crv | null,
  { signal, maxTokens, ...options }: UnitOptions,
  { engine, prompts }: UnitTools,
): Promise<Generation[]> {
  const groups = new Map<string, NamedArm[]>()
  for (const arm of arms) {
    const key = JSON.stringify([arm.prompt, arm.temperature])
    groups.set(key, [...(groups.get(key) ?? []), arm])
  }
  const byArm = new Map<string, Generation>()
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const { prompt = prompts.generation, temperature = options.temperature } = group[0]!
      const generations = await engine.generateArms(
        chatPrompt(engine, prompt, problem),
        group.map((arm) => buildArm(arm, crv)),
        { temperature, seed, signal, maxTokens, stop: stopTexts(options, prompt) },
      )
      generations.forEach((generation, index) => byArm.set(group[index]!.name, generation))
    }),
  )
  return arms.map(({ name }) => byArm.get(name)!)
}

/** The context text of a unit: given, or what the model thinks. */
async function contextOf(
  { problem, thinkingSeed }: Unit,
  { context, temperature, maxThinkingTokens, signal }: UnitOptions,
  { engine, prompts }: UnitTools,
): Promise<Pick<Generated, 'thinking' | 'context'>> {
  if (context) return { thinking: null, context: await context(problem) }
  const options = { temperature, seed: thinkingSeed, signal, maxTokens: maxThinkingTokens }
  const startedAt = performance.now()
  const thought = await think(engine, prompts, problem, options)
  const milliseconds = performance.now() - startedAt
  return {
    thinking: { text: thought.text, tokenCount: thought.tokens.length, milliseconds },
    context: thought.context,
  }
}

/** Measures and tests what a unit's arms generated. */
export async function measureUnit(generated: Generated, evaluator: Evaluator): Promise<FinishedUnit> {
  const { problem } = generated.unit
  const measured = await evaluator.measure(
    generated.generations.map(({ text }) => ({ text, tests: problem.test_list, reference: problem.code })),
  )
  const results = await evaluator.run(measured.map(({ code }) => programOf(code, problem)))
  const { unit, thinking, context, captured } = generated
  const arms = generated.generations.map((generation, index) => ({
    record: toRecord(generated, generation, generated.arms[index]!, measured[index]!, results[index]!),
    result: results[index]!,
    timings: generation.timings,
  }))
  return { unit, thinking, context, captured, arms }
}

function toRecord(
  { unit, context, captured }: Generated,
  generation: Generation,
  arm: NamedArm,
  measured: Measurement,
  result: ProgramResult,
): SweepRecord {
  return {
    taskId: unit.problem.task_id,
    ...describeArm(arm),
    sample: unit.sample,
    seed: unit.seed,
    text: generation.text,
    stopReason: generation.stopReason,
    tokenCount: generation.tokens.length,
    meanLogProbability: meanLogProbability(generation),
    meanEntropy: meanEntropy(generation),
    contextTokenCount: injectedRows(arm, captured.tokenCount),
    context,
    responds: measured.functions !== null,
    parses: measured.parses,
    passed: result.passed,
    outcome: result.outcome,
    challengePassed: result.challengePassed,
    metrics: measured.metrics,
  }
}
