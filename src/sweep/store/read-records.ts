import type { SweepRecord } from '../record.js'
import type { Database } from './database.js'

interface RecordRow {
  readonly task_id: number
  readonly arm: string
  readonly layer: number | null
  readonly capture_layer: number | null
  readonly decode_positions: SweepRecord['decodePositions']
  readonly sample: number
  readonly seed: number
  readonly responds: boolean
  readonly parses: boolean | null
  readonly passed: boolean | null
  readonly outcome: string | null
  readonly challenge_passed: boolean | null
  readonly stop_reason: string
  readonly tokens: number
  readonly mean_log_probability: number | null
  readonly mean_entropy: number | null
  readonly context_tokens: number
  readonly text: string
  readonly metrics: Record<string, number | null> | []
}

/** So many problems at once: what DuckDB gives takes several times the memory of the records made of it. */
const PROBLEMS = 20

/** All generations of a study as records, by problem, sample and depth, the original first. */
export async function readRecords(database: Database): Promise<SweepRecord[]> {
  const problems = await database.rows<{ task_id: number }>(
    'SELECT DISTINCT task_id FROM generations ORDER BY task_id',
  )
  const records: SweepRecord[] = []
  for (let start = 0; start < problems.length; start += PROBLEMS) {
    const some = problems.slice(start, start + PROBLEMS)
    for (const record of await readBetween(database, some[0]!.task_id, some.at(-1)!.task_id))
      records.push(record)
  }
  return records
}

/** The records of the problems from one to another. Arms share the context's text. */
async function readBetween(database: Database, first: number, last: number): Promise<SweepRecord[]> {
  const thoughts = await database.rows<{ task_id: number; sample: number; context: string }>(
    'SELECT task_id, sample, context FROM thinking WHERE task_id BETWEEN $1 AND $2',
    [first, last],
  )
  const contexts = new Map(thoughts.map(({ task_id, sample, context }) => [`${task_id}/${sample}`, context]))
  const rows = await database.rows<RecordRow>(
    `SELECT * EXCLUDE (context) FROM records WHERE task_id BETWEEN $1 AND $2
    ORDER BY task_id, sample, layer NULLS FIRST, arm`,
    [first, last],
  )
  return rows.map((row) => toRecord(row, contexts.get(`${row.task_id}/${row.sample}`)!))
}

function toRecord(row: RecordRow, context: string): SweepRecord {
  return {
    taskId: row.task_id,
    arm: row.arm,
    layer: row.layer,
    captureLayer: row.capture_layer,
    decodePositions: row.decode_positions,
    sample: row.sample,
    seed: row.seed,
    text: row.text,
    stopReason: row.stop_reason,
    tokenCount: row.tokens,
    meanLogProbability: row.mean_log_probability,
    meanEntropy: row.mean_entropy,
    contextTokenCount: row.context_tokens,
    context,
    responds: row.responds,
    parses: row.parses,
    passed: row.passed,
    outcome: row.outcome,
    challengePassed: row.challenge_passed,
    metrics: Array.isArray(row.metrics) ? {} : row.metrics,
  }
}
