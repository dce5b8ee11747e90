import type { NamedArm } from '../../nir/index.js'
import type { FinishedUnit } from '../unit-store.js'
import type { Database } from './database.js'
import { generationKey, thinkingKey } from './keys.js'
import type { Row } from './rows.js'

/** What is written of a unit beside what was done. */
export interface UnitContext {
  readonly settingsHash: string
  readonly hiddenSize: number
  /** By name. */
  readonly arms: ReadonlyMap<string, NamedArm>
  /** Is the unit's thinking stored already? */
  readonly isContinued: boolean
}

/** Writes what was newly done of a unit, in one transaction. */
export async function writeUnit(database: Database, done: FinishedUnit, about: UnitContext): Promise<void> {
  const { unit, thinking, context, captured, arms } = done
  const at = [unit.problem.task_id, unit.sample] as const
  const key = thinkingKey(about.settingsHash, unit)
  const generations = arms.map(({ record }): Row => [
    generationKey(key, context, about.arms.get(record.arm)!, record.seed),
    ...at,
    record.arm,
    record.seed,
    record.text,
    record.stopReason,
    record.tokenCount,
    record.meanLogProbability,
    record.meanEntropy,
    record.contextTokenCount,
  ])
  const timings = arms.flatMap(({ record, result, timings }): Row[] => [
    [...at, record.arm, 'prefill', timings.prefillMilliseconds],
    [...at, record.arm, 'decode', timings.decodeMilliseconds],
    [...at, record.arm, 'tests', result.wallSeconds * 1000],
  ])
  const stages: Row[] = [[...at, null, 'capture', captured.milliseconds]]
  if (thinking) stages.unshift([...at, null, 'thinking', thinking.milliseconds])
  await database.transaction(async () => {
    const known = new Set(
      (
        await database.rows<{ layer: number }>(
          'SELECT layer FROM captures WHERE task_id = $1 AND sample = $2',
          at,
        )
      ).map(({ layer }) => layer),
    )
    if (!about.isContinued)
      await database.append('thinking', [
        [key, ...at, unit.thinkingSeed, thinking?.text ?? null, thinking?.tokenCount ?? null, context],
      ])
    const layers = captured.layers.filter((layer) => !known.has(layer))
    await database.append(
      'captures',
      layers.map((layer): Row => [...at, layer, captured.tokenCount, about.hiddenSize]),
    )
    await database.append('generations', generations)
    await database.append(
      'metrics',
      arms.map(({ record }): Row => [...at, record.arm, record.responds, record.parses, record.metrics]),
    )
    await database.append(
      'outcomes',
      arms.map(({ record, result }): Row => [
        ...at,
        record.arm,
        record.passed,
        record.outcome,
        record.challengePassed,
        result.message,
      ]),
    )
    await database.append('timings', [...stages, ...timings])
  })
}
