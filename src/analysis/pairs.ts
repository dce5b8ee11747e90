import type { SweepRecord } from '../sweep/record.js'
import { ORIGINAL_ARM } from './arms.js'
import { valueOf } from './values.js'

/** The values of one problem and sample in two arms. */
export interface Pair {
  readonly taskId: number
  readonly value: number
  readonly original: number
}

/**
 * An arm's values beside the original's, by problem and sample. `incomplete` counts the pairs left out: one of
 * the two values undefined, or one of the two not run.
 */
export function pairsWithOriginal(
  sorted: readonly SweepRecord[],
  arm: string,
  metric: string,
): { readonly pairs: Pair[]; readonly incomplete: number } {
  const key = (record: SweepRecord) => `${record.taskId}/${record.sample}`
  const of = (name: string) => sorted.filter((record) => record.arm === name)
  const originals = new Map(of(ORIGINAL_ARM).map((record) => [key(record), record]))
  const pairs: Pair[] = []
  let matched = 0
  for (const record of of(arm)) {
    const original = originals.get(key(record))
    if (!original) continue
    const values = { value: valueOf(record, metric), original: valueOf(original, metric) }
    matched++
    if (values.value === null || values.original === null) continue
    pairs.push({ taskId: record.taskId, value: values.value, original: values.original })
  }
  const either = of(arm).length + originals.size - matched
  return { pairs, incomplete: either - pairs.length }
}
