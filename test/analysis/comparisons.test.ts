import { describe, expect, it } from 'vitest'
import { compareToOriginal, depthProfile, passAtKByArm } from '../../src/analysis/index.js'
import { studentTwoSidedTail } from '../../src/analysis/statistics/student-quantile.js'
import { comparisons as golden, recordsOf, relative } from './reference-values.js'

describe.each(golden.comparisons)('against scipy and statsmodels: $name', ({ test, rows, reference }) => {
  const comparison = compareToOriginal(
    recordsOf(rows, (value) => ({ metrics: { value } })),
    'value',
    { resamples: 50_000 },
  )

  it('chooses the test and the pairs', () => {
    expect(comparison.test).toBe(test)
    expect(
      comparison.rows.map(({ arm, problems, pairs, higher, lower }) => [arm, problems, pairs, higher, lower]),
    ).toEqual(
      reference.map(({ arm, problems, pairs, higher, lower }) => [arm, problems, pairs, higher, lower]),
    )
  })

  it('gives the same means, statistics, p values and effects', () => {
    comparison.rows.forEach((row, i) => {
      for (const name of [
        'mean',
        'originalMean',
        'difference',
        'statistic',
        'pValue',
        'adjustedPValue',
        'rankBiserial',
      ] as const) {
        const expected = reference[i]![name]
        if (expected === null) expect(row[name]).toBeNull()
        else if (name.endsWith('Value')) expect(relative(row[name]!, expected)).toBeLessThan(1e-9)
        else expect(row[name]).toBeCloseTo(expected, 11)
      }
    })
  })

  it('gives the same smallest detectable difference, which is found about as often as it says', () => {
    comparison.rows.forEach((row, i) => {
      const { detectable, powerThere } = reference[i]!
      if (detectable === null) expect(row.detectable).toBeNull()
      else expect(relative(row.detectable!, detectable)).toBeLessThan(1e-5)
      if (typeof powerThere === 'number') expect(Math.abs(powerThere - 0.8)).toBeLessThan(0.015)
      for (const power of Object.values(Object(powerThere) as Record<string, number>))
        expect(power).toBeGreaterThan(0.75)
    })
  })

  it('gives the interval of a paired bootstrap over problems', () => {
    comparison.rows.forEach((row, i) => {
      const { interval, standardError, pairs } = reference[i]!
      if (!interval) return
      // Means of whole numbers move in steps of 1 / pairs: a bound may be one step off.
      const room = 0.06 * standardError! + 1 / pairs
      expect(Math.abs(row.interval![0] - interval[0])).toBeLessThan(room)
      expect(Math.abs(row.interval![1] - interval[1])).toBeLessThan(room)
    })
  })
})

describe('depthProfile, against numpy', () => {
  it.each(golden.profiles)(
    'finds how often each depth is best: $name',
    ({ best, rows, shares, layerInterval }) => {
      const records = recordsOf(rows, (value) => ({ metrics: { value } }))
      const [row] = depthProfile(records, 'value', { best, resamples: 50_000 }).rows
      row!.depths.forEach((depth, i) => {
        expect(Math.abs(depth.shareBest! - shares[i]!)).toBeLessThan(0.01)
      })
      expect(row!.layerInterval).toEqual(layerInterval)
    },
  )
})

describe('passAtKByArm, against counting choices and scipy', () => {
  const records = recordsOf(golden.passAtK.rows, (value) => ({ passed: value === 1 }))
  it.each(golden.passAtK.reference)('$arm, k = $k', ({ arm, k, value, interval, standardError }) => {
    const row = passAtKByArm(records, k, { resamples: 50_000 }).find((candidate) => candidate.arm === arm)!
    expect(row.value).toBeCloseTo(value, 12)
    expect(Math.abs(row.interval![0] - interval[0])).toBeLessThan(0.06 * standardError + 0.01)
    expect(Math.abs(row.interval![1] - interval[1])).toBeLessThan(0.06 * standardError + 0.01)
  })
})

describe("Student's distribution, against scipy", () => {
  it.each(golden.student)('t = $t, $freedom degrees of freedom', ({ t, freedom, p }) => {
    expect(studentTwoSidedTail(t, freedom)).toBeCloseTo(p, 13)
  })
})
