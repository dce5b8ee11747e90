import type { SweepRecord } from '../../sweep/record.js'
import type { StudySettings } from '../../sweep/store/settings.js'
import { armsOf, ORIGINAL_ARM } from '../arms.js'
import { compareToOriginal } from '../compare-to-original.js'
import { AnalysisError } from '../errors.js'
import { holm } from '../statistics/holm.js'
import { metricNames, type Metric } from '../values.js'
import { differences } from './differences.js'
import { StudyComparison, type StudyComparisonRow } from './study-comparison.js'

/** A study, as far as it is compared. */
export interface ComparedStudy {
  /** For tables and sentences. */
  readonly name: string
  readonly settings: StudySettings
  readonly records: readonly SweepRecord[]
  /** Hashes of its problems by `task_id`: problems that differ are not paired. Default: those of one id are the same. */
  readonly problems?: ReadonlyMap<number, string> | undefined
  /** What its arms do, by name, to tell those of one name that differ. */
  readonly specs?: ReadonlyMap<string, unknown> | undefined
}

/** What is compared by default, where both have it. */
const METRICS: readonly Metric[] = ['passed', 'parses', 'cyclomatic_complexity', 'lines']

/**
 * Compares two studies: what differs in their settings, and every arm that both have, paired by problem (where it is the
 * same in both) and sample, by the tests of {@link compareToOriginal}; p values adjusted after Holm over the arms of a metric.
 *
 * @throws AnalysisError `NO_RECORDS` where they have no arm on the same problem and sample in common.
 * @example
 * const other = await openStudy('runs/other-model')
 * const comparison = compareStudies(
 *   { name: 'this', settings: study.settings, records: await study.records() },
 *   { name: 'other', settings: other.settings, records: await other.records() },
 * )
 */
export function compareStudies(
  a: ComparedStudy,
  b: ComparedStudy,
  metrics: readonly Metric[] = METRICS,
): StudyComparison {
  const unlike = unlikeProblems(a, b)
  const paired = (study: ComparedStudy): ComparedStudy => ({
    ...study,
    records: study.records.filter(({ taskId }) => !unlike.includes(taskId)),
  })
  const [ours, theirs] = [paired(a), paired(b)]
  const unitsOfA = new Set(ours.records.map(unitOf))
  const arms = armsOf(theirs.records.filter((record) => unitsOfA.has(unitOf(record)))).map(({ name }) => name)
  if (arms.length === 0)
    throw new AnalysisError(
      'NO_RECORDS',
      `'${a.name}' and '${b.name}' have no arm on the same problem and sample in common.`,
      'Compare studies of the same problems.',
    )
  const known = [ours, theirs].map(({ records }) => metricNames(records))
  return new StudyComparison({
    names: [a.name, b.name],
    settings: differences(
      { ...a.settings, arms: specsOf(a, arms) },
      { ...b.settings, arms: specsOf(b, arms) },
    ),
    unlikeProblems: unlike,
    onlyIn: [armsBeside(a, arms), armsBeside(b, arms)],
    rows: metrics
      .filter((metric) => known.every((names) => names.includes(metric)))
      .flatMap((metric) => compareArms(ours, theirs, arms, metric)),
  })
}

/** Those of one id whose texts or tests differ. */
function unlikeProblems(a: ComparedStudy, b: ComparedStudy): number[] {
  return [...(a.problems ?? [])]
    .filter(([id, hash]) => (b.problems?.get(id) ?? hash) !== hash)
    .map(([id]) => id)
    .sort((one, other) => one - other)
}

function specsOf({ specs }: ComparedStudy, arms: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(arms.map((arm) => [arm, specs?.get(arm)]))
}

const unitOf = ({ arm, taskId, sample }: SweepRecord) => `${taskId}/${sample}/${arm}`

function armsBeside({ records }: ComparedStudy, arms: readonly string[]): string[] {
  return armsOf(records).flatMap(({ name }) => (arms.includes(name) ? [] : [name]))
}

/** A family of tests: every arm of `b` against the same arm of `a`, which stands in the original's place. */
function compareArms(
  a: ComparedStudy,
  b: ComparedStudy,
  arms: readonly string[],
  metric: Metric,
): StudyComparisonRow[] {
  const tested = arms.map((arm) => {
    const as = (name: string, { records }: ComparedStudy) =>
      records.filter((record) => record.arm === arm).map((record) => ({ ...record, arm: name }))
    const { test, rows } = compareToOriginal([...as(ORIGINAL_ARM, a), ...as('other', b)], metric)
    const { originalMean, mean, adjustedPValue: _, detectable: __, layer: ___, ...row } = rows[0]!
    return { ...row, metric, arm, test, means: [originalMean, mean] as const }
  })
  const adjusted = holm(tested.map(({ pValue }) => pValue))
  return tested.map((row, index) => ({ ...row, adjustedPValue: adjusted[index] ?? null }))
}
