import { describe, expect, it } from 'vitest'
import { clusters } from '../../src/analysis/clusters.js'
import { describeMetric, holm, mcnemarExact, passAtK, wilcoxonSignedRank } from '../../src/analysis/index.js'
import { bootstrapMean } from '../../src/analysis/statistics/bootstrap.js'
import { normalTwoSidedTail } from '../../src/analysis/statistics/normal-tail.js'
import { relative, singleTests as golden } from './reference-values.js'
import { record } from './records.js'

describe('against scipy and statsmodels', () => {
  it.each(golden.wilcoxon)('Wilcoxon: $name, by $by', (reference) => {
    const result = wilcoxonSignedRank(reference.differences)
    expect(result.statistic).toBe(reference.statistic)
    expect(result.rankBiserial).toBeCloseTo(reference.rankBiserial, 12)
    expect(relative(result.pValue, reference.pValue)).toBeLessThan(1e-9)
  })

  it.each(golden.mcnemar)('McNemar: $gained gained, $lost lost', (reference) => {
    const result = mcnemarExact(reference.gained, reference.lost)
    expect(result.statistic).toBe(reference.statistic)
    // 1,300 to 0 is 2⁻¹²⁹⁹: both are 0 or the smallest subnormals.
    if (reference.pValue > 1e-300) expect(relative(result.pValue, reference.pValue)).toBeLessThan(1e-9)
    else expect(result.pValue).toBeLessThan(1e-300)
  })

  it.each(golden.holm)('Holm: $pValues', ({ pValues, adjusted }) => {
    holm(pValues).forEach((p, i) => {
      expect(p).toBeCloseTo(adjusted[i]!, 14)
    })
  })

  it.each(golden.passAtK)('pass@$k of $c in $n', ({ n, c, k, value }) => {
    expect(passAtK(n, c, k)).toBeCloseTo(value, 12)
  })

  it.each(golden.normalTwoSidedTail)('normal tail at $z', ({ z, p }) => {
    expect(relative(normalTwoSidedTail(z), p)).toBeLessThan(1e-11)
  })

  it.each(golden.bootstrap)('percentile bootstrap: $name', ({ values, lower, upper, standardError }) => {
    const [low, high] = bootstrapMean(clusters(values.map((value, i) => [i, value] as const)), {
      resamples: 50_000,
    })!
    expect(Math.abs(low - lower)).toBeLessThan(0.06 * standardError)
    expect(Math.abs(high - upper)).toBeLessThan(0.06 * standardError)
  })

  it.each(golden.describe)('descriptives of $values', ({ values, ...reference }) => {
    const table = describeMetric(
      values.map((value, sample) => record({ sample, metrics: { lines: value } })),
      'lines',
    )
    for (const { name, values: found } of table.rows) expect(found[0]).toBeCloseTo(reference[name]!, 12)
  })
})
