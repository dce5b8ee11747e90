import type { SweepRecord } from '../sweep/record.js'
import { ORIGINAL_ARM, armsOf, type Arm } from './arms.js'
import { clusterMean, clusters, type Cluster } from './clusters.js'
import { Comparison, type ComparisonRow } from './comparison.js'
import { AnalysisError } from './errors.js'
import { ordered } from './order.js'
import { pairsWithOriginal, type Pair } from './pairs.js'
import { bootstrapMean, type BootstrapOptions } from './statistics/bootstrap.js'
import { detectableMean, detectableShare } from './statistics/detectable.js'
import { holm } from './statistics/holm.js'
import { SIGNIFICANCE } from './statistics/levels.js'
import { mcnemarExact } from './statistics/mcnemar.js'
import { wilcoxonSignedRank } from './statistics/wilcoxon.js'
import { requireMetric, type Metric } from './values.js'

/**
 * Compares every arm with the original on one metric or rate. Arms of one problem and sample share the
 * thinking text, so values are paired by both, and pairs with an undefined value are left out (and counted).
 * The unit of the tests is the problem: with several samples, their differences are averaged first, since
 * samples of one problem are not independent.
 *
 * - Values that are all 0 or 1 (rates of one sample each): exact McNemar test.
 * - All else: Wilcoxon signed-rank test, zero differences dropped.
 * - 95 % paired bootstrap interval of the mean difference, problems resampled; seeded.
 * - p values adjusted after Holm over all arms compared.
 * - Beside it the smallest difference that this many problems could have shown ({@link ComparisonRow.detectable}).
 *
 * A metric that is undefined where nothing was generated (`lines`, say) is compared over the problems where
 * both arms responded: read it together with `responds`.
 *
 * @throws AnalysisError `NO_ORIGINAL_ARM`, `UNKNOWN_METRIC`, `NO_RECORDS`, `DUPLICATE_RECORD`,
 * `INVALID_ARGUMENT`.
 * @example
 * ```ts
 * const comparison = compareToOriginal(records, 'passed')
 * comparison.rows.filter((row) => (row.adjustedPValue ?? 1) < 0.05).map((row) => row.arm)
 * ```
 */
export function compareToOriginal(
  records: readonly SweepRecord[],
  metric: Metric,
  options: BootstrapOptions = {},
): Comparison {
  const sorted = ordered(records)
  requireMetric(sorted, metric)
  const arms = armsOf(sorted)
  if (!arms.some((arm) => arm.name === ORIGINAL_ARM)) {
    throw new AnalysisError(
      'NO_ORIGINAL_ARM',
      `No record is of the arm "${ORIGINAL_ARM}".`,
      `Run the sweep with the original arm; there are: ${arms.map((arm) => arm.name).join(', ')}.`,
    )
  }
  const paired = arms
    .filter((arm) => arm.name !== ORIGINAL_ARM)
    .map((arm) => ({ arm, ...pairsWithOriginal(sorted, arm.name, metric) }))
  const binary = paired.every(({ pairs }) => unitsAreBinary(pairs))
  const compared = paired.map(({ arm, pairs, incomplete }) =>
    compare(arm, pairs, incomplete, binary, options),
  )
  const adjusted = holm(compared.map(({ row }) => row.pValue))
  const alpha = SIGNIFICANCE / adjusted.filter((p) => p !== null).length
  return new Comparison({
    metric,
    test: binary ? 'mcnemar' : 'wilcoxon',
    rows: compared.map(({ row, differences }, i) => ({
      ...row,
      adjustedPValue: adjusted[i] ?? null,
      detectable: binary
        ? detectableShare(row.problems, row.higher + row.lower, alpha)
        : detectableMean(differences, alpha),
    })),
  })
}

const clustersOf = (pairs: readonly Pair[], value: (pair: Pair) => number): Cluster[] =>
  clusters(pairs.map((pair) => [pair.taskId, value(pair)] as const))

/** Is the mean of every problem 0 or 1, in both arms? */
function unitsAreBinary(pairs: readonly Pair[]): boolean {
  const binary = ({ sum, count }: Cluster) => sum === 0 || sum === count
  const yesOrNo = ({ value, original }: Pair) => [value, original].every((v) => v === 0 || v === 1)
  return (
    pairs.every(yesOrNo) &&
    clustersOf(pairs, (pair) => pair.value).every(binary) &&
    clustersOf(pairs, (pair) => pair.original).every(binary)
  )
}

/**
 * Differences as whole steps of 10⁻¹² of the largest value. Tests need only their order, and without this the
 * 3·10⁻¹⁷ that is left of 0.1 − 0.3 + 0.2 would be a difference, with a rank.
 */
function withoutRounding(differences: readonly number[], largest: number): number[] {
  return largest === 0
    ? [...differences]
    : differences.map((difference) => Math.round((difference / largest) * 1e12))
}

function compare(
  arm: Arm,
  pairs: readonly Pair[],
  incomplete: number,
  binary: boolean,
  options: BootstrapOptions,
): { row: Omit<ComparisonRow, 'adjustedPValue' | 'detectable'>; differences: number[] } {
  const units = clustersOf(pairs, (pair) => pair.value - pair.original)
  const means = units.map((unit) => unit.sum / unit.count)
  const differences = withoutRounding(
    means,
    Math.max(...pairs.map(({ value, original }) => Math.max(Math.abs(value), Math.abs(original)))),
  )
  const higher = differences.filter((difference) => difference > 0).length
  const lower = differences.filter((difference) => difference < 0).length
  const ranks = wilcoxonSignedRank(differences)
  const { statistic, pValue } = binary ? mcnemarExact(higher, lower) : ranks
  const tested = pairs.length > 0
  const row = {
    arm: arm.name,
    layer: arm.layer,
    problems: units.length,
    pairs: pairs.length,
    incomplete,
    mean: clusterMean(clustersOf(pairs, (pair) => pair.value)),
    originalMean: clusterMean(clustersOf(pairs, (pair) => pair.original)),
    difference: clusterMean(units),
    interval: bootstrapMean(units, options),
    higher,
    lower,
    statistic: tested ? statistic : null,
    pValue: tested ? pValue : null,
    rankBiserial: tested ? ranks.rankBiserial : null,
  }
  return { row, differences: means }
}
