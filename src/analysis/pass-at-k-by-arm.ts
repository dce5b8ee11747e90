import type { SweepRecord } from '../sweep/record.js'
import { armsOf } from './arms.js'
import { clusterMean, clusters } from './clusters.js'
import { ordered } from './order.js'
import { bootstrapMean, type BootstrapOptions, type Interval } from './statistics/bootstrap.js'
import { passAtK } from './statistics/pass-at-k.js'
import { valueOf } from './values.js'

/** pass@k of one arm. */
export interface PassAtKRow {
  readonly arm: string
  /** 0-based decoder layer. */
  readonly layer: number | null
  readonly k: number
  /** Problems with at least k tested samples: the mean is over these. */
  readonly problems: number
  /** Problems left out for having fewer. */
  readonly skipped: number
  /** Mean of the problems' unbiased pass@k; `null` without a problem. */
  readonly value: number | null
  /** 95 % bootstrap interval over problems; `null` for fewer than two problems. */
  readonly interval: Interval | null
}

/**
 * pass@k of every arm, in depth order: the unbiased estimate per problem, averaged over problems. Samples that
 * were not run against their tests do not count.
 *
 * @param k samples looked at, at least 1
 * @throws AnalysisError `INVALID_ARGUMENT`, `NO_RECORDS`, `DUPLICATE_RECORD`.
 * @example
 * ```ts
 * passAtKByArm(records, 1).map(({ arm, value }) => [arm, value])
 * ```
 */
export function passAtKByArm(
  records: readonly SweepRecord[],
  k: number,
  options: BootstrapOptions = {},
): PassAtKRow[] {
  const sorted = ordered(records)
  passAtK(Math.max(k, 1), 0, k) // an invalid k is an error even where no arm has enough samples
  return armsOf(sorted).map(({ name, layer }) => {
    const rows = sorted.filter((record) => record.arm === name)
    const tested = clusters(rows.map((record) => [record.taskId, valueOf(record, 'passed')] as const))
    const enough = tested.filter(({ count }) => count >= k)
    const perProblem = clusters(
      enough.map(({ taskId, sum, count }) => [taskId, passAtK(count, sum, k)] as const),
    )
    return {
      arm: name,
      layer,
      k,
      problems: enough.length,
      skipped: new Set(rows.map((record) => record.taskId)).size - enough.length,
      value: clusterMean(perProblem),
      interval: bootstrapMean(perProblem, options),
    }
  })
}
