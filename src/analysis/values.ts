import type { MetricName, SweepRecord } from '../sweep/record.js'
import { AnalysisError } from './errors.js'

/** What every record says of itself besides its metrics; read as 1 (yes), 0 (no) or `null` (not known). */
const RATES = {
  responds: ({ responds }) => responds,
  parses: ({ parses }) => parses,
  passed: ({ passed }) => passed,
  challenge_passed: ({ challengePassed }) => challengePassed,
} satisfies Record<string, (record: SweepRecord) => boolean | null>

/** What every record says of its generation as a number. */
const FIGURES = {
  tokens: ({ tokenCount }) => tokenCount,
  mean_log_probability: ({ meanLogProbability }) => meanLogProbability,
  mean_entropy: ({ meanEntropy }) => meanEntropy,
} satisfies Record<string, (record: SweepRecord) => number | null>

/** The rate names. */
export type Rate = keyof typeof RATES

/**
 * What can be asked for as a metric: a rate, a figure of the generation, one of this package's metrics, or another that the
 * records have.
 */
export type Metric = Rate | keyof typeof FIGURES | MetricName | (string & {})

/** Is this one of {@link RATES}? */
export function isRate(name: string): name is Rate {
  return Object.hasOwn(RATES, name)
}

function isFigure(name: string): name is keyof typeof FIGURES {
  return Object.hasOwn(FIGURES, name)
}

/**
 * The names that can be asked for as a `metric`: the rates and the figures of the generation, then every metric of the records.
 *
 * @example
 * ```ts
 * metricNames(records) // ['responds', 'parses', 'passed', 'challenge_passed', 'tokens', …, 'lines', …]
 * ```
 */
export function metricNames(records: readonly SweepRecord[]): string[] {
  const names = new Set<string>([...Object.keys(RATES), ...Object.keys(FIGURES)])
  for (const record of records) for (const name of Object.keys(record.metrics)) names.add(name)
  return [...names]
}

/** The value of a rate or metric in a record; `null` where it is undefined. */
export function valueOf(record: SweepRecord, metric: string): number | null {
  if (isFigure(metric)) return FIGURES[metric](record)
  if (!isRate(metric)) return record.metrics[metric] ?? null
  const answer = RATES[metric](record)
  return answer === null ? null : Number(answer)
}

/** @throws AnalysisError `UNKNOWN_METRIC`, listing the names there are. */
export function requireMetric(records: readonly SweepRecord[], metric: string): void {
  const names = metricNames(records)
  if (names.includes(metric)) return
  throw new AnalysisError(
    'UNKNOWN_METRIC',
    `No record has the metric "${metric}".`,
    `Ask for one of: ${names.join(', ')}.`,
  )
}

/** The values that are not null. */
export function known(values: readonly (number | null)[]): number[] {
  return values.filter((value): value is number => value !== null)
}
