import type { NamedArm } from '../nir/index.js'
import { SweepOptionError } from './errors.js'
import type { SweepOptions, Unit } from './plan.js'
import type { SweepRecord } from './record.js'
import type { StoredUnit, UnitStore } from './unit-store.js'

/** A unit, and what is missing of it. */
export interface UnitTask {
  readonly unit: Unit
  /** Of the arms that are done. */
  readonly stored: readonly SweepRecord[]
  /** Arms to generate; none: all is done. */
  readonly missing: readonly NamedArm[]
  /** The context text that is stored, from which further arms are made. */
  readonly context: string | undefined
}

/**
 * What is missing of a unit.
 * @throws {@link SweepOptionError} `CONTEXT_DIFFERS`.
 */
export async function missingOf(
  unit: Unit,
  arms: readonly NamedArm[],
  { context }: Pick<SweepOptions, 'context'>,
  store: UnitStore | undefined,
): Promise<UnitTask> {
  const found = store?.stored(unit)
  if (found && context) await requireSameContext(unit, found, context)
  const stored = found?.records.filter((record) => arms.some(({ name }) => name === record.arm)) ?? []
  const missing = arms.filter(({ name }) => !stored.some((record) => record.arm === name))
  return { unit, stored, missing, context: found?.context }
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
