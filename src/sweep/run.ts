import { setMaxListeners } from 'node:events'
import { SweepOptionError } from './errors.js'
import { planSweep, type SweepOptions, type SweepPlan, type Unit } from './plan.js'
import type { SweepRecord } from './record.js'
import { generateUnit, measureUnit, type Generated, type SweepTools } from './run-unit.js'
import type { StoredUnit } from './unit-store.js'

/** A unit of which some arms are stored, and others (none: `null`) are new. */
interface Pending {
  readonly unit: Unit
  readonly stored: readonly SweepRecord[]
  readonly generated: Generated | null
}

/**
 * Runs a sweep: thinks once a problem and sample, captures the context, generates all arms together, measures.
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
  const names = plan.arms.map(({ name }) => name)
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
  const width = Math.ceil(tools.engine.lanes / plan.arms.length) + 1
  const units: Promise<Pending>[] = []
  let measuring: Promise<void> = Promise.resolve()
  let done = 0
  try {
    for (let index = 0; index < plan.units.length; index++) {
      for (const unit of plan.units.slice(units.length, index + width)) {
        const generating = generateMissing(unit, plan, { ...options, signal }, tools)
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

/** Generates the arms of a unit that are not stored. */
async function generateMissing(
  unit: Unit,
  { arms }: SweepPlan,
  options: SweepOptions,
  tools: SweepTools,
): Promise<Pending> {
  const found = tools.store?.stored(unit)
  const stored = found?.records.filter((record) => arms.some(({ name }) => name === record.arm)) ?? []
  if (found && options.context) await requireSameContext(unit, found, options.context)
  const missing = arms.filter(({ name }) => !stored.some((record) => record.arm === name))
  if (missing.length === 0) return { unit, stored, generated: null }
  return { unit, stored, generated: await generateUnit(unit, missing, found?.context, options, tools) }
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
