/** One row of a thesis table: the mean of a metric. */
export interface ThesisRow {
  /** The row's name in data/thesis/tables.json. */
  readonly name: string
  readonly label: string
  /** The metric of the records whose mean it is. */
  readonly metric: string
}

/** The thesis' tables of metric means, in its order. The means skip null. */
export const THESIS_ROWS = {
  code_quality: {
    caption: 'Code quality',
    rows: [
      { name: 'syntactic_correctness', label: 'Syntactic correctness', metric: 'syntactic_correctness' },
      {
        name: 'function_name_consistency',
        label: 'Function name consistency',
        metric: 'function_name_consistency',
      },
    ],
  },
  code_complexity: {
    caption: 'Code complexity',
    rows: [
      { name: 'cyclomatic_complexity', label: 'Cyclomatic complexity', metric: 'cyclomatic_complexity' },
    ],
  },
  code_structure: {
    caption: 'Code structure',
    rows: [
      { name: 'lines_of_code', label: 'Lines of code', metric: 'lines' },
      { name: 'characters', label: 'Characters', metric: 'characters' },
      { name: 'comment_lines', label: 'Comment lines', metric: 'comment_lines' },
      { name: 'comment_ratio', label: 'Comment ratio', metric: 'comment_ratio' },
    ],
  },
  halstead_basic: {
    caption: 'Basic Halstead metrics',
    rows: [
      { name: 'h1_distinct_operators', label: 'h1, distinct operators', metric: 'h1' },
      { name: 'h2_distinct_operands', label: 'h2, distinct operands', metric: 'h2' },
      { name: 'N1_total_operators', label: 'N1, total operators', metric: 'N1' },
      { name: 'N2_total_operands', label: 'N2, total operands', metric: 'N2' },
    ],
  },
  halstead_derived: {
    caption: 'Derived Halstead metrics',
    rows: [
      { name: 'vocabulary', label: 'Vocabulary', metric: 'vocabulary' },
      { name: 'length', label: 'Length', metric: 'length' },
      { name: 'volume', label: 'Volume', metric: 'volume' },
    ],
  },
  halstead_complexity: {
    caption: 'Halstead difficulty and effort',
    rows: [
      { name: 'difficulty', label: 'Difficulty', metric: 'difficulty' },
      { name: 'effort', label: 'Effort', metric: 'effort' },
    ],
  },
} as const satisfies Record<string, { caption: string; rows: readonly ThesisRow[] }>

const LABELS = new Map<string, string>([
  ['responds', 'Response rate'],
  ['parses', 'Parse rate'],
  ['passed', 'Pass rate'],
  ['challenge_passed', 'Challenge pass rate, of what passes'],
  ['tokens', 'Generated tokens'],
  ['mean_log_probability', 'Mean log-probability'],
  ['mean_entropy', 'Mean entropy'],
  ...Object.values(THESIS_ROWS).flatMap(({ rows }) =>
    rows.map(({ metric, label }): [string, string] => [metric, label]),
  ),
])

/**
 * The name of a metric for readers; names without a label of their own get spaces for underscores.
 *
 * @example
 * ```ts
 * metricLabel('lines') // 'Lines of code'
 * metricLabel('ast_depth') // 'ast depth'
 * ```
 */
export function metricLabel(metric: string): string {
  return LABELS.get(metric) ?? metric.replaceAll('_', ' ')
}

const UNITS = new Map<string, string>([
  ['lines', 'lines'],
  ['characters', 'characters'],
  ['comment_lines', 'lines'],
  ['comment_ratio', 'comment lines / lines'],
  ['volume', 'bits'],
  ['mean_log_probability', 'nats'],
  ['mean_entropy', 'nats'],
  ['halstead_volume', 'bits'],
  ['halstead_time', 's'],
  ['loc', 'lines'],
  ['sloc', 'lines'],
  ['lloc', 'logical lines'],
  ['maintainability_index', '0–100'],
])

/** The unit of a metric, for an axis; `null` for counts and for what has none. */
export function metricUnit(metric: string): string | null {
  return UNITS.get(metric) ?? null
}
