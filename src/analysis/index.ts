export { AnalysisError, type AnalysisErrorCode } from './errors.js'
export { ORIGINAL_ARM, armsOf, type Arm as ArmKey } from './arms.js'
export { metricNames } from './values.js'
export { metricLabel } from './thesis-rows.js'
export { toFrame } from './frame.js'
export { Table, type TableContent, type TableRow } from './table.js'
export { type TableBundle } from './render/display.js'
export { TABLE_IDS, thesisTable, type TableId } from './thesis-table.js'
export { publishedTable, type PublishedTableId } from './published-table.js'
export { describeMetric } from './describe-metric.js'
export { compareToOriginal } from './compare-to-original.js'
export { Comparison, type ComparisonContent, type ComparisonRow } from './comparison.js'
export { passAtK } from './statistics/pass-at-k.js'
export { passAtKByArm, type PassAtKRow } from './pass-at-k-by-arm.js'
export { type BootstrapOptions, type Interval } from './statistics/bootstrap.js'
export { mcnemarExact, type McNemarResult } from './statistics/mcnemar.js'
export { wilcoxonSignedRank, type WilcoxonResult } from './statistics/wilcoxon.js'
export { holm } from './statistics/holm.js'
export { depthChart } from './charts/depth-chart.js'
export { problemHeatmap } from './charts/problem-heatmap.js'
export {
  type Axis,
  type Figure,
  type FigureLayout,
  type HeatmapTrace,
  type ScatterTrace,
} from './charts/figure.js'
