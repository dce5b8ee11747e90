import type { SweepRecord } from '../../src/sweep/record.js'

/** A record with everything filled in; tests say only what matters to them. */
export function record(part: Partial<SweepRecord> = {}): SweepRecord {
  const layer = part.layer === undefined ? null : part.layer
  return {
    taskId: 2,
    arm: layer === null ? 'original' : `layer ${layer}`,
    layer,
    captureLayer: layer,
    decodePositions: layer === null ? null : 'recomputed',
    sample: 0,
    seed: 1,
    text: 'def f(): pass',
    stopReason: 'eos',
    tokenCount: 7,
    meanLogProbability: -0.5,
    meanEntropy: 0.75,
    contextTokenCount: layer === null ? 0 : 40,
    context: 'Proposed solution context: …',
    responds: true,
    parses: true,
    passed: true,
    outcome: 'passed',
    challengePassed: null,
    metrics: {},
    ...part,
  }
}

const THESIS_METRICS = [
  'syntactic_correctness',
  'cyclomatic_complexity',
  'function_name_consistency',
  'lines',
  'characters',
  'comment_lines',
  'comment_ratio',
  'h1',
  'h2',
  'N1',
  'N2',
  'vocabulary',
  'length',
  'volume',
  'difficulty',
  'effort',
]

/**
 * A sweep with made-up values that depend on problem and depth alone: every fifth text has no function, and
 * the deeper the layer, the more pass.
 */
export function sweep({
  layers = [1, 10, 23],
  problems = 20,
  samples = 1,
}: { layers?: readonly number[]; problems?: number; samples?: number } = {}): SweepRecord[] {
  const arms = [...layers, null]
  return Array.from({ length: problems }, (_, problem) =>
    Array.from({ length: samples }, (_, sample) =>
      arms.map((layer) => {
        const depth = layer ?? 32
        const mixed = (problem * 7919 + sample * 104729 + depth * 31) % 97
        const responds = mixed % 5 !== 0
        const passed = mixed < 20 + 2 * depth
        return record({
          taskId: 11 + problem,
          layer,
          sample,
          responds,
          parses: responds,
          passed: responds && passed,
          outcome: passed ? 'passed' : 'failed',
          metrics: Object.fromEntries(
            THESIS_METRICS.map((name, i) => [name, responds ? (mixed % (i + 3)) + depth / 8 : null]),
          ),
        })
      }),
    ),
  ).flat(2)
}

/** The same values in another order, the same at every run. */
export function permuted<T>(values: readonly T[]): T[] {
  return values
    .map((value, i) => ({ value, key: (i * 7919 + 13) % 10007 }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value)
}
