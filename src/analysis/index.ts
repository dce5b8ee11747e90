export { AnalysisError, type AnalysisErrorCode } from './errors.js'
export { ORIGINAL_ARM, armsOf, type Arm as ArmKey } from './arms.js'
export { adaptiveRecords, type AdaptiveRecord, type Confidence } from './adaptive.js'
export { ArmDiff, diffArms } from './diff/arm-diff.js'
export { type GenerationLike } from '../text/generation-caption.js'
export { recordOf } from './record-of.js'
export { metricNames, type Metric } from './values.js'
export { metricLabel } from './thesis-rows.js'
export { toFrame, type SweepFrame } from './frame.js'
export { type DataSource } from './columns.js'
export { aggregate, type AggregateOptions, type Statistic } from './aggregate.js'
export { sortRows } from './sort-rows.js'
export { toCSV, toParquet } from './export.js'
export { Table, type TableContent, type TableRow } from './table.js'
export { type TableBundle } from './render/display.js'
export { Tabular } from './render/tabular.js'
export { type Grid } from './render/grid.js'
export { type CSVValue } from './render/to-csv.js'
export { TABLE_IDS, thesisTable, type TableId } from './thesis-table.js'
export { publishedTable, type PublishedTableId } from './published-table.js'
export { describeMetric } from './describe-metric.js'
export { compareToOriginal } from './compare-to-original.js'
export { Comparison, type ComparisonContent, type ComparisonRow } from './comparison.js'
export { passAtK } from './statistics/pass-at-k.js'
export { depthProfile, type DepthProfileOptions } from './depth-profile.js'
export { DepthProfile, type ProfileDepth, type ProfileRow } from './depth-profile-table.js'
export { type Best } from './best-direction.js'
export { passAtKTable } from './pass-at-k-table.js'
export { passAtKByArm, type PassAtKRow } from './pass-at-k-by-arm.js'
export { type BootstrapOptions, type Interval } from './statistics/bootstrap.js'
export { mcnemarExact, type McNemarResult } from './statistics/mcnemar.js'
export { wilcoxonSignedRank, type WilcoxonResult } from './statistics/wilcoxon.js'
export { holm } from './statistics/holm.js'
export { compareStudies, type ComparedStudy } from './compare-studies/compare-studies.js'
export { type SettingDifference } from './compare-studies/differences.js'
export {
  StudyComparison,
  type StudyComparisonContent,
  type StudyComparisonRow,
} from './compare-studies/study-comparison.js'
export { type ReportContent, StudyReport } from './report/report.js'
export { type RunFacts, type StageFacts, type StudyFacts } from './report/facts.js'
export { depthChart } from './charts/depth-chart.js'
export { depthSketch } from './charts/depth-sketch.js'
export { depthCurvesChart } from './charts/depth-curves-chart.js'
export { forestChart } from './charts/forest-chart.js'
export { outcomeChart } from './charts/outcome-chart.js'
export { distributionChart } from './charts/distribution-chart.js'
export { crossLayerHeatmap } from './charts/cross-layer-heatmap.js'
export { problemHeatmap } from './charts/problem-heatmap.js'
export {
  Figure,
  type Axis,
  type FigureContent,
  type FigureLayout,
  type FigureTrace,
} from './charts/figure.js'
export { PictureError, type PictureErrorCode, type PictureSize } from './charts/picture.js'
export {
  type BarTrace,
  type BoxTrace,
  type Hatch,
  type HeatmapTrace,
  type MarkerSymbol,
  type ScatterTrace,
} from './charts/traces.js'
