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
  readonly context: string
  readonly metrics: Record<string, number | null> | []
}

/** All generations of a study as records, by problem, sample and depth, the original first. */
export async function readRecords(database: Database): Promise<SweepRecord[]> {
  const rows = await database.rows<RecordRow>(
    'SELECT * FROM records ORDER BY task_id, sample, layer NULLS FIRST, arm',
  )
  const contexts = new Map<string, string>() // one string for all arms that share it
  return rows.map((row) => {
    const at = `${row.task_id}/${row.sample}`
    const context = contexts.get(at) ?? row.context
    contexts.set(at, context)
    return toRecord(row, context)
  })
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
