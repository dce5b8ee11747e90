import { setMaxListeners } from 'node:events'
import { abortable } from '../abortable.js'
import { SweepOptionError } from './errors.js'
import type { Engine } from '../engine/index.js'
import type { NamedArm } from '../nir/index.js'
import { missingOf, type UnitTask } from './missing.js'
import { planSweep, type SweepOptions, type SweepPlan, type Unit } from './plan.js'
import type { SweepRecord } from './record.js'
import { generateUnit, measureUnit, type Generated, type SweepTools } from './run-unit.js'
import { SweepTally } from './tally.js'

/** A unit whose missing arms are generated (`null`: none was missing). */
interface Pending {
  readonly task: UnitTask
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
  if (options.keepCrvs && !tools.store)
    throw new SweepOptionError(
      'KEEP_CRVS_WITHOUT_STUDY',
      'keepCrvs keeps CRVs in the folder of a study, and the sweep has none.',
      "Give one: study: 'runs/name'. Without a sweep, captureTo() writes CRVs of any texts.",
    )
  const tally = new SweepTally(plan, records, options.onProgress)
  const failing = new AbortController()
  const signal = AbortSignal.any([failing.signal, ...(options.signal ? [options.signal] : [])])
  setMaxListeners(0, signal) // as many units as run at once listen, and Node would warn of the eleventh
  const measure = async ({ task, generated }: Pending) => {
    const finished = generated && (await abortable(measureUnit(generated, tools.evaluator), options.signal))
    if (finished) await tools.store?.commit(finished)
    tally.add(task, finished)
  }
  const width = sweepWidth(tools.engine, plan.arms)
  const units: Promise<Pending>[] = []
  let measuring: Promise<void> = Promise.resolve()
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

/** So many units share decodes that while some think, the arms of others fill the batch. */
export function sweepWidth({ lanes }: Pick<Engine, 'lanes'>, arms: readonly NamedArm[]): number {
  return Math.ceil(lanes / arms.length) + 1
}

/** Generates the arms of a unit that are not stored. */
async function generateMissing(
  unit: Unit,
  { arms }: SweepPlan,
  options: SweepOptions,
  tools: SweepTools,
): Promise<Pending> {
  const task = await missingOf(unit, arms, options, tools.store)
  if (task.missing.length === 0) return { task, generated: null }
  const keepThinking = tools.store !== undefined
  const generated = await generateUnit(unit, task.missing, task.context, { ...options, keepThinking }, tools)
  return { task, generated }
}
