import type { Engine, Generation } from '../engine/index.js'
import type { Evaluator, Measurement, ProgramResult } from '../evaluation/index.js'
import { chatPrompt, depthArms, think, type Prompts } from '../nir/index.js'
import type { Problem } from '../problems/problem.js'
import { planSweep, type SweepOptions, type SweepPlan, type Unit } from './plan.js'
import type { SweepRecord } from './record.js'

/** Closes the code that the generation prompt opened; what would follow is talk. */
const FENCE = '```'

/** What a sweep works with. */
export interface SweepTools {
  readonly engine: Engine
  readonly prompts: Prompts
  readonly evaluator: Evaluator
}

/** A unit's generations before they are measured. */
interface Generated {
  readonly unit: Unit
  readonly context: string
  readonly contextTokenCount: number
  readonly generations: readonly Generation[]
}

/**
 * Runs a sweep: thinks once a problem and sample, captures the context, generates all depths together, measures.
 * While one unit is measured the next is generated. Records are pushed into `records` unit by unit, so that what is
 * finished is there when the signal aborts.
 * @throws {@link SweepOptionError}; the signal's reason.
 */
export async function runSweep(
  options: SweepOptions,
  tools: SweepTools,
  records: SweepRecord[],
): Promise<void> {
  const plan = planSweep(options, tools.engine.model)
  const startedAt = performance.now()
  let measuring: Promise<void> = Promise.resolve()
  let done = 0
  const measure = async (generated: Generated) => {
    const measured = await measureUnit(generated, plan, tools.evaluator)
    options.signal?.throwIfAborted()
    records.push(...measured)
    done++
    const tested = records.filter((record) => record.passed !== null)
    options.onProgress?.({
      done,
      total: plan.units.length,
      taskId: generated.unit.problem.task_id,
      generations: records.length,
      passed: tested.length > 0 ? tested.filter((record) => record.passed).length : null,
      milliseconds: performance.now() - startedAt,
    })
  }
  for (const unit of plan.units) {
    options.signal?.throwIfAborted()
    const [generated] = await Promise.all([generateUnit(unit, plan, options, tools), measuring])
    measuring = measure(generated)
    measuring.catch(() => undefined) // awaited with the next unit, or below
  }
  await measuring
}

async function generateUnit(
  unit: Unit,
  plan: SweepPlan,
  options: SweepOptions,
  { engine, prompts }: SweepTools,
): Promise<Generated> {
  const { signal, temperature, maxTokens, maxThinkingTokens } = options
  const { problem, seed } = unit
  const thinking = await think(engine, prompts, problem, {
    temperature,
    seed,
    signal,
    maxTokens: maxThinkingTokens,
  })
  const layers = plan.depths.filter((depth): depth is number => depth !== 'original')
  const crv = await engine.capture(thinking.context, { layers, signal })
  const generations = await engine.generateArms(
    chatPrompt(engine, prompts.generation, problem),
    depthArms(crv, plan.depths),
    {
      temperature,
      seed,
      signal,
      maxTokens,
      stop: prompts.generation.assistant.includes(FENCE) ? [FENCE] : [],
    },
  )
  return { unit, context: thinking.context, contextTokenCount: crv.tokenCount, generations }
}

async function measureUnit(
  generated: Generated,
  plan: SweepPlan,
  evaluator: Evaluator,
): Promise<SweepRecord[]> {
  const { problem } = generated.unit
  const measured = await evaluator.measure(
    generated.generations.map(({ text }) => ({ text, tests: problem.test_list, reference: problem.code })),
  )
  const results = await evaluator.run(measured.map(({ code }) => program(code, problem)))
  return generated.generations.map((generation, index) =>
    toRecord(generated, generation, plan.depths[index]!, measured[index]!, results[index]!),
  )
}

function program(code: string | null, problem: Problem) {
  return { code, tests: problem.test_list, setup: problem.test_setup_code }
}

function toRecord(
  { unit, context, contextTokenCount }: Generated,
  generation: Generation,
  depth: number | 'original',
  measured: Measurement,
  result: ProgramResult,
): SweepRecord {
  const layer = depth === 'original' ? null : depth
  return {
    taskId: unit.problem.task_id,
    arm: generation.arm,
    layer,
    sample: unit.sample,
    seed: unit.seed,
    text: generation.text,
    stopReason: generation.stopReason,
    tokenCount: generation.tokens.length,
    contextTokenCount: layer === null ? 0 : contextTokenCount,
    context,
    responds: (measured.functions?.length ?? 0) > 0,
    parses: measured.parses,
    passed: result.passed,
    outcome: result.outcome,
    metrics: measured.metrics,
  }
}
