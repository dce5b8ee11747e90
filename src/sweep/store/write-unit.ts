import type { CrvModel } from '../../engine/index.js'
import type { NamedArm } from '../../nir/index.js'
import type { FinishedUnit } from '../unit-store.js'
import type { Database } from './database.js'
import { keepCrv, type KeptLayer } from './kept-crvs.js'
import { generationKey, thinkingKey } from './keys.js'
import type { Row } from './rows.js'
import type { RunMachines } from './run-machines.js'

/** What is written of a unit beside what was done. */
export interface UnitContext {
  readonly settingsHash: string
  readonly model: CrvModel
  /** By name. */
  readonly arms: ReadonlyMap<string, NamedArm>
  /** Is the unit's thinking stored already? */
  readonly isContinued: boolean
  readonly machines: RunMachines
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
  const captures = await captureRows(database, done, about)
  await database.transaction(async () => {
    if (!about.isContinued)
      await database.append('thinking', [
        [key, ...at, unit.thinkingSeed, thinking?.text ?? null, thinking?.tokenCount ?? null, context],
      ])
    for (const layer of captures.replaced)
      await database.run('DELETE FROM captures WHERE task_id = $1 AND sample = $2 AND layer = $3', [
        ...at,
        layer,
      ])
    await database.append('captures', captures.rows)
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
    if (done.machine) await about.machines.count(done.machine)
  })
}

/**
 * The rows of layers that the table does not have, and of those that it has without a file and that are now kept; their
 * file is on the disk then.
 */
async function captureRows(
  database: Database,
  { unit, captured }: FinishedUnit,
  { isContinued, model }: UnitContext,
): Promise<{ rows: Row[]; replaced: number[] }> {
  const { task_id: taskId } = unit.problem
  const { sample } = unit
  const { kept, tokenCount } = captured
  const stored = isContinued ? await storedLayers(database, taskId, sample) : []
  const known = new Map(stored.map(({ layer, file }) => [layer, file]))
  const layers = captured.layers.filter((layer) => (kept ? !known.get(layer) : !known.has(layer)))
  const keeping = kept && layers.length > 0
  const file = keeping
    ? await keepCrv(database.folder, { taskId, sample }, kept, { layers, stored, model })
    : { file: null, file_hash: null }
  return {
    rows: layers.map((layer) => [
      taskId,
      sample,
      layer,
      tokenCount,
      model.hiddenSize,
      file.file,
      file.file_hash,
    ]),
    replaced: layers.filter((layer) => known.has(layer)),
  }
}

function storedLayers(database: Database, taskId: number, sample: number): Promise<KeptLayer[]> {
  return database.rows<KeptLayer>(
    'SELECT sample, layer, file, file_hash FROM captures WHERE task_id = $1 AND sample = $2',
    [taskId, sample],
  )
}
