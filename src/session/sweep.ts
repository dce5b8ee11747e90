import {
  compareToOriginal,
  crossLayerHeatmap,
  depthChart,
  depthProfile,
  depthSketch,
  diffArms,
  distributionChart,
  forestChart,
  outcomeChart,
  passAtKTable,
  problemHeatmap,
  recordOf,
  thesisTable,
  toCSV,
  toFrame,
  toParquet,
  type ArmDiff,
  type Comparison,
  type DepthProfile,
  type DepthProfileOptions,
  type Figure,
  type Metric,
  type ORIGINAL_ARM,
  type SweepFrame,
  type Table,
  type TableId,
} from '../analysis/index.js'
import { NirError } from '../errors.js'
import type { SweepRecord } from '../sweep/index.js'

type ArmName = typeof ORIGINAL_ARM | (string & {})

/**
 * What a sweep gave: a record a generation, and views of them.
 *
 * @example
 * const sweep = await nir.sweep({ problems, layers: 'all' })
 * sweep.table('code_quality')
 * sweep.chart('passed')
 */
export class Sweep {
  /**
   * One record a problem, sample and arm.
   * @example
   * sweep.records.filter(({ passed }) => passed)
   */
  readonly records: readonly SweepRecord[]
  /**
   * What this machine lacks, a line each, and which columns are empty for it.
   * @example
   * sweep.warnings
   */
  readonly warnings: readonly string[]

  constructor(records: readonly SweepRecord[], warnings: readonly string[] = []) {
    this.records = records
    this.warnings = warnings
  }

  /**
   * The records as a danfojs DataFrame, a row each. See {@link toFrame}.
   * @example
   * sweep.frame().head().print()
   */
  frame(): SweepFrame {
    return toFrame(this.records)
  }

  /**
   * A table shaped like the thesis' (arms against metrics), or `'outcomes'`. See {@link thesisTable}.
   * @example
   * sweep.table('code_quality')
   */
  table(id: TableId): Table {
    return thesisTable(this.records, id)
  }

  /**
   * A metric over injection depth, the original as a reference line. See {@link depthChart}.
   * @example
   * sweep.chart('passed')
   */
  chart(metric: Metric): Figure {
    return depthChart(this.records, metric)
  }

  /**
   * A metric for each problem and depth. See {@link problemHeatmap}.
   * @example
   * sweep.heatmap('passed')
   */
  heatmap(metric: Metric): Figure {
    return problemHeatmap(this.records, metric)
  }

  /**
   * Every arm against the original, paired by problem and sample. See {@link compareToOriginal}.
   * @example
   * sweep.compare('passed')
   */
  compare(metric: Metric): Comparison {
    return compareToOriginal(this.records, metric)
  }

  /**
   * The best depth for each metric, and how sure that is. See {@link depthProfile}.
   * @example
   * sweep.profile(['passed', 'cyclomatic_complexity'])
   */
  profile(metrics: Metric | readonly Metric[], options?: DepthProfileOptions): DepthProfile {
    return depthProfile(this.records, metrics, options)
  }

  /**
   * pass@k of every arm with intervals, a row a k. See {@link passAtKTable}.
   * @example
   * sweep.passAtK([1, 10])
   */
  passAtK(ks: number | readonly number[] = 1): Table {
    return passAtKTable(this.records, ks)
  }

  /**
   * The paired difference of every arm to the original, a line an arm. See {@link forestChart}.
   * @example
   * await sweep.forest('passed').save('forest.svg')
   */
  forest(metric: Metric): Figure {
    return forestChart(this.records, metric)
  }

  /**
   * Shares of the generations that passed, failed, raised, …, a bar an arm. See {@link outcomeChart}.
   * @example
   * sweep.outcomes()
   */
  outcomes(): Figure {
    return outcomeChart(this.records)
  }

  /**
   * How a metric is distributed in every arm. See {@link distributionChart}.
   * @example
   * sweep.distribution('lines')
   */
  distribution(metric: Metric): Figure {
    return distributionChart(this.records, metric)
  }

  /**
   * A metric for each pair of capture and injection layer. See {@link crossLayerHeatmap}.
   * @example
   * sweep.crossLayers('passed')
   */
  crossLayers(metric: Metric): Figure {
    return crossLayerHeatmap(this.records, metric)
  }

  /**
   * What two arms wrote for a problem, beside each other. See {@link diffArms}.
   * @throws {@link AnalysisError} `NO_RECORDS`, listing the problems or arms there are.
   * @example
   * sweep.diff(11, 'original', 'layer 3')
   */
  diff(taskId: number, before: ArmName, after: ArmName, { sample = 0 }: { sample?: number } = {}): ArmDiff {
    const record = (arm: string) => recordOf(this.records, { taskId, arm, sample })
    return diffArms(record(before), record(after))
  }

  /**
   * The records as CSV, texts included. See {@link toCSV}.
   * @example
   * import { writeFileSync } from 'node:fs'
   * writeFileSync('sweep.csv', sweep.toCSV())
   */
  toCSV(): string {
    return toCSV(this.records)
  }

  /**
   * The records as the bytes of a Parquet file, texts included. See {@link toParquet}.
   * @example
   * import { writeFileSync } from 'node:fs'
   * writeFileSync('sweep.parquet', sweep.toParquet())
   */
  toParquet(): Uint8Array {
    return toParquet(this.records)
  }

  /** For our kernel: a line of summary, a sketch of the depth curve, and the table of outcomes. */
  [Symbol.for('Jupyter.display')](): Record<string, unknown> {
    const problems = new Set(this.records.map((record) => record.taskId)).size
    const arms = new Set(this.records.map((record) => record.arm)).size
    const summary = `Sweep: ${problems} problems, ${arms} arms, ${this.records.length} generations.`
    if (this.records.length === 0) return { 'text/plain': summary }
    const table = this.table('outcomes')
    return {
      'text/plain': `${summary}\n\n${table.toText()}`,
      'text/html': `<p>${summary}</p>${depthSketch(this.records) ?? ''}${table.toHTML()}`,
    }
  }
}

/** A sweep ended before its time. What was finished is in {@link SweepEndedError.sweep}. */
export class SweepEndedError extends NirError {
  /** The finished part. */
  readonly sweep: Sweep

  constructor(sweep: Sweep, cause: unknown, aborted: boolean) {
    super(
      aborted ? 'SWEEP_ABORTED' : 'SWEEP_FAILED',
      `The sweep ${aborted ? 'was cancelled' : 'failed'} after ${sweep.records.length} generations: ${messageOf(cause)}`,
      'What was finished is in the property sweep of this error.',
      { cause },
    )
    if (aborted) this.name = 'AbortError'
    this.sweep = sweep
  }
}

function messageOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause)
  return /[.!?]$/.test(message) ? message : `${message}.`
}
