/** Which end of a metric is looked for. */
export type Best = 'highest' | 'lowest'

/** Where more is better. Of all else (complexity, size, effort) the lowest is looked for. */
const HIGHEST: ReadonlySet<string> = new Set([
  'responds',
  'parses',
  'passed',
  'challenge_passed',
  'syntactic_correctness',
  'function_name_consistency',
  'comment_lines',
  'comment_ratio',
  'comments',
  'maintainability_index',
  'mean_log_probability',
])

/** The end of a metric that is looked for unless one says otherwise. */
export const usualBest = (metric: string): Best => (HIGHEST.has(metric) ? 'highest' : 'lowest')
