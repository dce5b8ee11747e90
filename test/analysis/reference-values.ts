import { readFileSync } from 'node:fs'
import type { SweepRecord } from '../../src/sweep/record.js'
import { permuted, record } from './records.js'

/** The packages that gave the values, and their versions. */
type Versions = Readonly<Record<string, string>>

interface SingleTests {
  by: Versions
  wilcoxon: {
    name: string
    by: string
    differences: number[]
    statistic: number
    pValue: number
    rankBiserial: number
  }[]
  mcnemar: { gained: number; lost: number; statistic: number; pValue: number }[]
  holm: { pValues: number[]; adjusted: number[] }[]
  passAtK: { n: number; c: number; k: number; value: number }[]
  bootstrap: { name: string; values: number[]; lower: number; upper: number; standardError: number }[]
  normalTwoSidedTail: { z: number; p: number }[]
  describe: ({ values: number[] } & Record<string, number>)[]
}

type Row = [problem: number, sample: number, arm: string, value: number | null]

interface Reference {
  arm: string
  problems: number
  pairs: number
  mean: number | null
  originalMean: number | null
  difference: number | null
  higher: number
  lower: number
  statistic: number | null
  pValue: number | null
  rankBiserial: number | null
  adjustedPValue: number | null
  detectable: number | null
  powerThere: number | Record<string, number> | null
  interval?: [number, number]
  standardError?: number
  by: string
}

interface Comparisons {
  by: Versions
  comparisons: { name: string; test: string; rows: Row[]; reference: Reference[] }[]
  profiles: {
    name: string
    best: 'highest' | 'lowest'
    rows: Row[]
    shares: number[]
    layerInterval: [number, number]
  }[]
  student: { t: number; freedom: number; p: number }[]
  passAtK: {
    rows: Row[]
    reference: { arm: string; k: number; value: number; interval: [number, number]; standardError: number }[]
  }
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), 'utf8')) as T
}

/** Written by golden/make_golden.py with scipy and statsmodels. */
export const singleTests = read<SingleTests>('statistics.json')

/** Written by golden/make_comparisons.py with scipy and statsmodels. */
export const comparisons = read<Comparisons>('comparisons.json')

/** Rows of data as a sweep's records, in no order. */
export const recordsOf = (rows: readonly Row[], part: (value: number | null) => Partial<SweepRecord>) =>
  permuted(
    rows.map(([taskId, sample, arm, value]) =>
      record({
        taskId,
        sample,
        arm,
        layer: arm === 'original' ? null : Number(arm.split(' ')[1]),
        ...part(value),
      }),
    ),
  )

/** How far a value is from the reference, of the reference. */
export const relative = (value: number, reference: number) =>
  value === reference ? 0 : Math.abs(value - reference) / Math.abs(reference)
