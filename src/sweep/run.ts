import { setMaxListeners } from 'node:events'
import type { Arm, Engine, Generation } from '../engine/index.js'
import type { Evaluator, Measurement, ProgramResult } from '../evaluation/index.js'
import { chatPrompt, depthArms, meanEntropy, meanLogProbability, think, type Prompts } from '../nir/index.js'
import { describeArm, describeArms } from './arms.js'
import { SweepOptionError } from './errors.js'
import { planSweep, type SweepOptions, type SweepPlan, type Unit } from './plan.js'
import { programOf } from './program.js'
import type { SweepRecord } from './record.js'
import type { FinishedUnit, StoredUnit, UnitStore } from './unit-store.js'

/** Closes the code that the generation prompt opened; what would follow is talk. */
const FENCE = '```'

/** What a sweep works with. */
export interface SweepTools {
  readonly engine: Engine
  readonly prompts: Prompts
  readonly evaluator: Evaluator
  /** Where finished units are kept and found again. Default: nowhere. */
  readonly store?: UnitStore | undefined
}

/** A unit's generations before they are measured. */
interface Generated extends Pick<FinishedUnit, 'unit' | 'thinking' | 'context' | 'captured'> {
  readonly arms: readonly Arm[]
  readonly generations: readonly Generation[]
}

/** A unit of which some arms are stored, and others (none: `null`) are new. */
interface Pending {
  readonly unit: Unit
  readonly stored: readonly SweepRecord[]
  readonly generated: Generated | null
}

/** The texts that end a sweep's generations. */
export function stopTexts({ stop }: SweepOptions, { generation }: Prompts): readonly string[] {
  return stop ?? (generation.assistant.includes(FENCE) ? [FENCE] : [])
}

/**
 * Runs a sweep: thinks once a problem and sample, captures the context, generates all depths together, measures.
 * Several units run at once. Records are pushed into `records` unit by unit, in their order, so that what is finished
 * is there when the signal aborts.
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
  setMaxListeners(0, signal) // as many units as run at once listen, and Node would warn of the eleventh
  const names = describeArms(plan.depths, options).map(({ arm }) => arm)
  const measure = async ({ unit, stored, generated }: Pending) => {
    const finished = generated && (await abortable(measureUnit(generated, tools.evaluator), options.signal))
    if (finished) await tools.store?.commit(finished)
    const all = [...stored, ...(finished?.arms.map(({ record }) => record) ?? [])]
    records.push(...all.sort((a, b) => names.indexOf(a.arm) - names.indexOf(b.arm)))
    done++
    if (!finished) return
    const tested = records.filter((record) => record.passed !== null)
    options.onProgress?.({
      done,
      total: plan.units.length,
      taskId: unit.problem.task_id,
      records,
      generations: records.length,
      passed: tested.length > 0 ? tested.filter((record) => record.passed).length : null,
      milliseconds: performance.now() - startedAt,
    })
  }
  // So many units share decodes that while some think, the arms of others fill the batch.
  const width = Math.ceil(tools.engine.lanes / plan.depths.length) + 1
  const units: Promise<Pending>[] = []
  let measuring: Promise<void> = Promise.resolve()
  let done = 0
  try {
    for (let index = 0; index < plan.units.length; index++) {
      for (const unit of plan.units.slice(units.length, index + width)) {
        const generating = generateUnit(unit, plan, { ...options, signal }, tools)
        generating.catch(() => undefined) // seen when its turn comes
        units.push(generating)
      }
      const [generated, measured] = await Promise.allSettled([units[index]!, measuring])
      if (measured.status === 'rejected') throw measured.reason
      if (generated.status === 'rejected') throw generated.reason
      measuring = measure(generated.value)
      measuring.catch((error: unknown) => {
        failing.abort(error) // what is being generated would be in vain
      })
    }
    await measuring
  } finally {
    failing.abort()
    await Promise.allSettled(units)
  }
}

/** The promise, or a rejection as soon as the signal aborts. What it does goes on unheeded. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
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

/**
 * Generates the arms of a unit that are not stored. Where nothing is injected, nothing is thought or captured; but a study
 * keeps the thinking, for further arms to be made from.
 */
async function generateUnit(
  unit: Unit,
  plan: SweepPlan,
  options: SweepOptions,
  tools: SweepTools,
): Promise<Pending> {
  const wanted = describeArms(plan.depths, options)
  const found = tools.store?.stored(unit)
  const stored = found?.records.filter(({ arm }) => wanted.some((one) => one.arm === arm)) ?? []
  if (found && options.context) await requireSameContext(unit, found, options.context)
  const missing = wanted.filter(({ arm }) => !stored.some((record) => record.arm === arm))
  if (missing.length === 0) return { unit, stored, generated: null }
  const { engine, prompts } = tools
  const { signal, temperature, maxTokens } = options
  const layers = [...new Set(missing.flatMap(({ captureLayer }) => captureLayer ?? []))]
  const { thinking, context } = found
    ? { thinking: null, context: found.context }
    : layers.length > 0 || tools.store
      ? await contextOf(unit, options, tools)
      : { thinking: null, context: '' }
  const startedAt = performance.now()
  const crv = layers.length > 0 ? await engine.capture(context, { layers, signal }) : null
  const captured = {
    layers,
    tokenCount: crv?.tokenCount ?? 0,
    milliseconds: performance.now() - startedAt,
  }
  const arms = depthArms(crv, plan.depths, options).filter(({ name }) =>
    missing.some(({ arm }) => arm === name),
  )
  const generations = await engine.generateArms(chatPrompt(engine, prompts.generation, unit.problem), arms, {
    temperature,
    seed: unit.seed,
    signal,
    maxTokens,
    stop: stopTexts(options, prompts),
  })
  return { unit, stored, generated: { unit, thinking, context, captured, arms, generations } }
}

/** The context text of a unit: given, or what the model thinks. */
async function contextOf(
  { problem, thinkingSeed }: Unit,
  { context, temperature, maxThinkingTokens, signal }: SweepOptions,
  { engine, prompts }: SweepTools,
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

async function requireSameContext(
  { problem }: Unit,
  found: StoredUnit,
  context: NonNullable<SweepOptions['context']>,
): Promise<void> {
  if ((await context(problem)) === found.context) return
  throw new SweepOptionError(
    'CONTEXT_DIFFERS',
    `The context of problem ${problem.task_id} is not the one that the study was begun with.`,
    'Give the same contexts, or another folder.',
  )
}

async function measureUnit(generated: Generated, evaluator: Evaluator): Promise<FinishedUnit> {
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
  arm: Arm,
  measured: Measurement,
  result: ProgramResult,
): SweepRecord {
  const description = describeArm(arm)
  return {
    taskId: unit.problem.task_id,
    ...description,
    sample: unit.sample,
    seed: unit.seed,
    text: generation.text,
    stopReason: generation.stopReason,
    tokenCount: generation.tokens.length,
    meanLogProbability: meanLogProbability(generation),
    meanEntropy: meanEntropy(generation),
    contextTokenCount: description.layer === null ? 0 : captured.tokenCount,
    context,
    responds: measured.functions !== null,
    parses: measured.parses,
    passed: result.passed,
    outcome: result.outcome,
    challengePassed: result.challengePassed,
    metrics: measured.metrics,
  }
}
