import type { SweepRecord } from '../sweep/record.js'
import { isDepth, ORIGINAL_ARM } from './arms.js'
import { usualBest, type Best } from './best-direction.js'
import { clusters } from './clusters.js'
import { compareToOriginal } from './compare-to-original.js'
import { DepthProfile, type ProfileDepth, type ProfileRow } from './depth-profile-table.js'
import { AnalysisError } from './errors.js'
import { ordered } from './order.js'
import { pairsWithOriginal } from './pairs.js'
import { shareBest } from './statistics/best-arm.js'
import type { BootstrapOptions, Interval } from './statistics/bootstrap.js'
import type { Metric } from './values.js'

/** Options of {@link depthProfile}. */
export interface DepthProfileOptions extends BootstrapOptions {
  /**
   * Which end of the metrics is looked for. Default: the highest rates, name consistency, comments and maintainability,
   * the lowest of all else (complexity, size, effort).
   */
  readonly best?: Best
}

/**
 * Which depth is the best, metric by metric, and how sure that is. The best depth is the one with the largest (or
 * smallest) mean difference to the original over complete pairs; the lower layer wins a tie.
 *
 * - How sure: problems are resampled whole 10,000 times, the same for all depths, and the best depth looked for anew
 *   each time ({@link ProfileRow.shareBest}, {@link ProfileRow.layerInterval}).
 * - Its difference with paired interval and Holm-adjusted p value, as in {@link compareToOriginal}. The best of many
 *   depths looks better than it is (it was chosen for its luck as well): confirm it on other problems.
 * - The smallest difference that this many problems could have shown (`detectable`).
 *
 * Arms without a single injection layer are no candidates.
 *
 * @throws AnalysisError `NO_ORIGINAL_ARM`, `UNKNOWN_METRIC`, `NO_RECORDS` (also where no record has a layer),
 * `DUPLICATE_RECORD`, `INVALID_ARGUMENT`.
 * @example
 * ```ts
 * const profile = depthProfile(records, ['passed', 'cyclomatic_complexity'])
 * profile.rows[0]?.layer // 6
 * profile.rows[0]?.layerInterval // [4, 9]
 * ```
 */
export function depthProfile(
  records: readonly SweepRecord[],
  metrics: Metric | readonly Metric[],
  options: DepthProfileOptions = {},
): DepthProfile {
  const sorted = ordered(records)
  const candidates = sorted.filter((record) => isDepth(record) || record.arm === ORIGINAL_ARM)
  if (!sorted.some(isDepth))
    throw new AnalysisError('NO_RECORDS', 'No record has an injection layer.', 'Sweep over some layers.')
  const names = typeof metrics === 'string' ? [metrics] : metrics
  return new DepthProfile(names.map((metric) => profile(candidates, metric, options)))
}

function profile(sorted: readonly SweepRecord[], metric: Metric, options: DepthProfileOptions): ProfileRow {
  const best = options.best ?? usualBest(metric)
  const sign = best === 'highest' ? 1 : -1
  const { rows } = compareToOriginal(sorted, metric, options)
  const paired = rows.map(({ arm }) =>
    clusters(
      pairsWithOriginal(sorted, arm, metric).pairs.map(
        ({ taskId, value, original }) => [taskId, sign * (value - original)] as const,
      ),
    ),
  )
  const shares = shareBest(paired, options)
  const depths = rows.map((row, i): ProfileDepth => ({
    ...row,
    layer: row.layer!,
    shareBest: shares?.[i] ?? null,
  }))
  const winner = chosen(depths, sign)
  return {
    metric,
    best,
    arm: winner?.arm ?? null,
    layer: winner?.layer ?? null,
    layerInterval: layerInterval(depths),
    shareBest: winner?.shareBest ?? null,
    difference: winner?.difference ?? null,
    interval: winner?.interval ?? null,
    adjustedPValue: winner?.adjustedPValue ?? null,
    detectable: winner?.detectable ?? null,
    depths,
  }
}

function chosen(depths: readonly ProfileDepth[], sign: number): ProfileDepth | undefined {
  let winner: ProfileDepth | undefined
  for (const depth of depths) {
    if (depth.difference === null) continue
    if (!winner || sign * (depth.difference - winner.difference!) > 0) winner = depth
  }
  return winner
}

/** The layers between which the best one lies in 95 % of the resamples: 2.5 % and 97.5 % quantile. */
function layerInterval(depths: readonly ProfileDepth[]): Interval | null {
  const at = (quantile: number) => {
    let below = 0
    for (const { layer, shareBest } of depths) {
      below += shareBest ?? 0
      if (below >= quantile) return layer
    }
    return null
  }
  const [lower, upper] = [at(0.025), at(0.975)]
  return lower === null || upper === null ? null : [lower, upper]
}
