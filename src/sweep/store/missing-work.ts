import { isInShard, type Shard } from '../shard.js'
import type { Database } from './database.js'

/** What was asked of a study and is not done. */
export interface MissingWork {
  /** Units (problem × sample) that were asked for. */
  readonly units: number
  /** Of those, the ones that lack an arm, by problem and sample. */
  readonly missing: readonly { readonly taskId: number; readonly sample: number }[]
  /** Shards, such as `'3/8'`, on which no process has begun, where others have. */
  readonly shards: readonly string[]
}

/** Every problem of a study has all its samples and all its arms when it is done. */
export async function missingWork(database: Database): Promise<MissingWork> {
  const units = await askedUnits(database)
  const missing = units.filter(({ isMissing }) => isMissing).map(({ taskId, sample }) => ({ taskId, sample }))
  return { units: units.length, missing, shards: missing.length > 0 ? await missingShards(database) : [] }
}

/** Units that are whole, and of how many; of a study that only ever had one shard's work, those of that shard. */
export async function unitCounts(database: Database): Promise<{ done: number; total: number }> {
  const [asked, shard] = [await askedUnits(database), await onlyShard(database)]
  const units = shard
    ? asked.filter(({ taskId, sample }) => isInShard({ problem: { task_id: taskId }, sample }, shard))
    : asked
  return { done: units.filter(({ isMissing }) => !isMissing).length, total: units.length }
}

async function onlyShard(database: Database): Promise<Shard | null> {
  const rows = await database.rows<{ shard: string | null }>('SELECT DISTINCT shard FROM runs')
  const [index, count] = rows.length === 1 ? (rows[0]!.shard?.split('/').map(Number) ?? []) : []
  return index && count ? { index, count } : null
}

function askedUnits(database: Database): Promise<{ taskId: number; sample: number; isMissing: boolean }[]> {
  return database.rows(`
    WITH asked AS (SELECT unnest(range(coalesce((SELECT max(samples) FROM runs), 0)))::INT AS sample),
      done AS (SELECT task_id, sample, count(*) AS arms FROM generations GROUP BY ALL)
    SELECT p.task_id AS "taskId", a.sample,
      coalesce(d.arms, 0) < (SELECT count(*) FROM arms) AS "isMissing"
    FROM problems p CROSS JOIN asked a LEFT JOIN done d ON d.task_id = p.task_id AND d.sample = a.sample
    ORDER BY ALL`)
}

/** Of the division that was used last. */
async function missingShards(database: Database): Promise<string[]> {
  const rows = await database.rows<{ shard: string }>(
    'SELECT shard FROM runs WHERE shard IS NOT NULL ORDER BY started_at DESC',
  )
  const begun = new Set(rows.map(({ shard }) => shard))
  const count = Number(rows[0]?.shard.split('/')[1] ?? 0)
  return Array.from({ length: count }, (_, index) => `${index + 1}/${count}`).filter((one) => !begun.has(one))
}
