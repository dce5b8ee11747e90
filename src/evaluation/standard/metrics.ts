import type { Metrics } from '../types.js'
import type { Complexity } from './complexity.js'
import type { Halstead } from './halstead.js'
import { maintainabilityIndex } from './maintainability.js'
import { rawCounts } from './raw.js'

/** The metrics of the `'standard'` definitions, in order. */
export const STANDARD_METRICS = [
  'cyclomatic_complexity',
  'cyclomatic_complexity_mean',
  'cyclomatic_complexity_total',
  'halstead_h1',
  'halstead_h2',
  'halstead_N1',
  'halstead_N2',
  'halstead_vocabulary',
  'halstead_length',
  'halstead_calculated_length',
  'halstead_volume',
  'halstead_difficulty',
  'halstead_effort',
  'halstead_time',
  'halstead_bugs',
  'loc',
  'lloc',
  'sloc',
  'comments',
  'multi',
  'blank',
  'single_comments',
  'maintainability_index',
] as const

/**
 * radon's metrics of the extracted code; all null where it does not parse. `cyclomatic_complexity` is the
 * largest of its blocks and `cyclomatic_complexity_mean` their mean (null without blocks);
 * `cyclomatic_complexity_total` is that of the whole module, with which the maintainability index is computed.
 */
export function standardMetrics(
  code: string | null,
  parsed: { readonly complexity: Complexity; readonly halstead: Halstead } | null,
): Metrics {
  if (code === null || !parsed) return Object.fromEntries(STANDARD_METRICS.map((name) => [name, null]))
  const { blocks, total } = parsed.complexity
  const values = blocks.map((block) => block.complexity)
  const counts = parsed.halstead
  const raw = rawCounts(code)
  const commentPercent = raw.sloc ? ((raw.comments + raw.multi) / raw.sloc) * 100 : 0
  return {
    cyclomatic_complexity: values.length ? values.reduce((most, value) => Math.max(most, value)) : null,
    cyclomatic_complexity_mean: values.length
      ? values.reduce((sum, value) => sum + value, 0) / values.length
      : null,
    cyclomatic_complexity_total: total,
    halstead_h1: counts.h1,
    halstead_h2: counts.h2,
    halstead_N1: counts.N1,
    halstead_N2: counts.N2,
    halstead_vocabulary: counts.vocabulary,
    halstead_length: counts.length,
    halstead_calculated_length: counts.calculatedLength,
    halstead_volume: counts.volume,
    halstead_difficulty: counts.difficulty,
    halstead_effort: counts.effort,
    halstead_time: counts.time,
    halstead_bugs: counts.bugs,
    loc: raw.loc,
    lloc: raw.lloc,
    sloc: raw.sloc,
    comments: raw.comments,
    multi: raw.multi,
    blank: raw.blank,
    single_comments: raw.singleComments,
    maintainability_index: maintainabilityIndex(counts.volume, total, raw.lloc, commentPercent),
  }
}
