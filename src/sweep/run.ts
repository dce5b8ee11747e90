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
  const failing = new AbortController()
  const signal = AbortSignal.any([failing.signal, ...(options.signal ? [options.signal] : [])])
  let measuring: Promise<void> = Promise.resolve()
  let done = 0
  const measure = async (generated: Generated) => {
    const measured = await abortable(measureUnit(generated, plan, tools.evaluator), signal)
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
    signal.throwIfAborted()
    measuring.catch((error: unknown) => {
      failing.abort(error) // what is being generated would be in vain
    })
    const [generated, measured] = await Promise.allSettled([
      generateUnit(unit, plan, { ...options, signal }, tools),
      measuring,
    ])
    if (measured.status === 'rejected') throw measured.reason
    if (generated.status === 'rejected') throw generated.reason
    measuring = measure(generated.value)
  }
  await measuring
}

/** The promise, or a rejection as soon as the signal aborts. What it does goes on unheeded. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort)
    })
  })
}

async function generateUnit(
  unit: Unit,
  plan: SweepPlan,
  options: SweepOptions,
  { engine, prompts }: SweepTools,
): Promise<Generated> {
  const { signal, temperature, maxTokens, maxThinkingTokens } = options
  const { problem, seed, thinkingSeed } = unit
  const thinkOptions = { temperature, seed: thinkingSeed, signal, maxTokens: maxThinkingTokens }
  const context = options.context
    ? await options.context(problem)
    : (await think(engine, prompts, problem, thinkOptions)).context
  const layers = plan.depths.filter((depth): depth is number => depth !== 'original')
  const crv = await engine.capture(context, { layers, signal })
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
  return { unit, context, contextTokenCount: crv.tokenCount, generations }
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
    responds: measured.functions !== null,
    parses: measured.parses,
    passed: result.passed,
    outcome: result.outcome,
    metrics: measured.metrics,
  }
}
