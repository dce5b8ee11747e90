import type { STANDARD_METRICS } from './standard/metrics.js'
import type { THESIS_METRICS } from './thesis/metrics.js'
import type { TREE_METRICS } from './tree/metrics.js'

/** The metrics that this package measures. */
export type MetricName =
  (typeof THESIS_METRICS)[number] | (typeof STANDARD_METRICS)[number] | (typeof TREE_METRICS)[number]
