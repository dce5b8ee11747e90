import { describe, expect, it } from 'vitest'
import { passAtK, passAtKByArm } from '../../src/analysis/index.js'
import { permuted, record, sweep } from './records.js'

describe('passAtK', () => {
  it('is 0 without a passing sample, 1 when every choice has one, and c/n for k = 1', () => {
    for (let n = 1; n <= 12; n++) {
      expect(passAtK(n, 0, n)).toBe(0)
      expect(passAtK(n, n, 1)).toBe(1)
      for (let c = 0; c <= n; c++) {
        expect(passAtK(n, c, 1)).toBeCloseTo(c / n, 14)
        if (c > 0) expect(passAtK(n, c, n)).toBe(1)
      }
    }
  })

  it.each([
    [5, 2, 6],
    [5, 6, 1],
    [5, -1, 1],
    [5, 2, 0],
    [5, 2, 1.5],
    [0, 0, 1],
    [NaN, 0, 1],
  ])('refuses n = %d, c = %d, k = %d', (n, c, k) => {
    expect(() => passAtK(n, c, k)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })
})

describe('passAtKByArm', () => {
  const records = [
    ...[true, false, false, false].map((passed, sample) => record({ taskId: 1, sample, passed })),
    ...[true, true, null, null].map((passed, sample) => record({ taskId: 2, sample, passed })),
    record({ taskId: 3, passed: null }),
    record({ taskId: 1, layer: 5, passed: false }),
  ]

  it('averages problems, and leaves out and counts those with fewer than k tested samples', () => {
    expect(passAtKByArm(records, 1)).toMatchObject([
      { arm: 'layer 5', layer: 5, k: 1, problems: 1, skipped: 0, value: 0, interval: null },
      { arm: 'original', problems: 2, skipped: 1, value: (1 / 4 + 1) / 2, interval: [1 / 4, 1] },
    ])
    expect(passAtKByArm(records, 3)).toMatchObject([
      { arm: 'layer 5', problems: 0, skipped: 1, value: null, interval: null },
      { arm: 'original', problems: 1, skipped: 2, value: 3 / 4, interval: null },
    ])
  })

  it('agrees with the pass rate for k = 1 and one sample', () => {
    for (const { value, interval } of passAtKByArm(sweep(), 1)) {
      expect(interval![0]).toBeLessThanOrEqual(value!)
      expect(interval![1]).toBeGreaterThanOrEqual(value!)
    }
  })

  it('grows with k, and does not depend on the order of the records', () => {
    const many = sweep({ samples: 5 })
    const values = [1, 2, 3, 4, 5].map((k) => passAtKByArm(many, k)[0]!.value!)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(passAtKByArm(permuted(many), 2)).toEqual(passAtKByArm(many, 2))
  })

  it('refuses a k that is no positive whole number', () => {
    for (const k of [0, -1, 1.5, NaN]) expect(() => passAtKByArm(records, k)).toThrow(/pass@k needs/)
  })
})
