import { quantileSorted } from 'simple-statistics'
import type { Cluster } from '../clusters.js'
import { AnalysisError } from '../errors.js'
import { seededRandom } from './random.js'

/** An interval of 95 % confidence: lower and upper bound. */
export type Interval = readonly [lower: number, upper: number]

/** How intervals are drawn. */
export interface BootstrapOptions {
  /** Start of the pseudo-random numbers; the same seed gives the same interval. Default 0. */
  readonly seed?: number
  /** Resamples drawn. Default 10,000. */
  readonly resamples?: number
}

/**
 * The options with their defaults.
 *
 * @throws AnalysisError `INVALID_ARGUMENT` where `resamples` is not a positive integer.
 */
export function checkedBootstrap({
  seed = 0,
  resamples = 10_000,
}: BootstrapOptions): Required<BootstrapOptions> {
  if (Number.isInteger(resamples) && resamples >= 1) return { seed, resamples }
  throw new AnalysisError(
    'INVALID_ARGUMENT',
    `resamples is ${resamples}.`,
    'Give a positive whole number, 1,000 or more for a stable interval.',
  )
}

/**
 * A 95 % percentile bootstrap interval of the mean of all values (Efron 1979), problems resampled whole with
 * replacement. Given differences within pairs, this is the paired bootstrap.
 *
 * @param clusters one per problem; their order belongs to the result, so pass them in a fixed one.
 * @returns `null` for fewer than two problems: one problem says nothing of the spread between problems.
 * @throws AnalysisError `INVALID_ARGUMENT` where `resamples` is not a positive integer.
 */
export function bootstrapMean(clusters: readonly Cluster[], options: BootstrapOptions = {}): Interval | null {
  const { seed, resamples } = checkedBootstrap(options)
  const n = clusters.length
  if (n < 2) return null
  const random = seededRandom(seed)
  const sums = Float64Array.from(clusters, (cluster) => cluster.sum)
  const counts = Float64Array.from(clusters, (cluster) => cluster.count)
  const means = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) {
    let sum = 0
    let count = 0
    for (let i = 0; i < n; i++) {
      const drawn = Math.floor(random() * n)
      sum += sums[drawn]!
      count += counts[drawn]!
    }
    means[r] = sum / count
  }
  const sorted = Array.from(means.sort())
  return [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)]
}
