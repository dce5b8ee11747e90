import { describe, expect, it } from 'vitest'
import { compareToOriginal, holm, wilcoxonSignedRank } from '../../src/analysis/index.js'
import { permuted, record, sweep } from './records.js'

describe('compareToOriginal', () => {
  it('finds no difference between identical arms', () => {
    const records = sweep({ layers: [] }).flatMap((original) => [
      original,
      { ...original, arm: 'layer 3', layer: 3, contextTokenCount: 40 },
    ])
    for (const metric of ['passed', 'parses', 'lines', 'effort']) {
      const [row] = compareToOriginal(records, metric).rows
      expect(row).toMatchObject({
        difference: 0,
        interval: [0, 0],
        pValue: 1,
        adjustedPValue: 1,
        rankBiserial: 0,
        higher: 0,
        lower: 0,
      })
    }
  })

  it('does not depend on the order of the records', () => {
    const records = sweep({ samples: 3 })
    for (const metric of ['passed', 'difficulty']) {
      expect(compareToOriginal(permuted(records), metric)).toEqual(compareToOriginal(records, metric))
    }
  })

  it('gives an arm the same interval and p value whatever other arms there are', () => {
    const one = compareToOriginal(sweep({ layers: [10] }), 'lines').rows[0]!
    const many = compareToOriginal(sweep({ layers: [1, 10, 23] }), 'lines').rows[1]!
    const alone = { adjustedPValue: 0, detectable: 0 }
    expect({ ...many, ...alone }).toEqual({ ...one, ...alone })
    expect(many.detectable).toBeGreaterThan(one.detectable!)
    expect(many.adjustedPValue).toBeGreaterThanOrEqual(one.adjustedPValue!)
  })

  it('mirrors when the arms are exchanged', () => {
    const records = sweep({ layers: [10] })
    const exchanged = records.map((r) =>
      r.layer === null ? { ...r, arm: 'layer 10', layer: 10 } : { ...r, arm: 'original', layer: null },
    )
    const [row] = compareToOriginal(records, 'lines').rows
    const [mirror] = compareToOriginal(exchanged, 'lines').rows
    expect(mirror!.difference).toBe(-row!.difference!)
    expect(mirror!.rankBiserial).toBeCloseTo(-row!.rankBiserial!, 12)
    expect(mirror!.pValue).toBe(row!.pValue)
    expect([mirror!.higher, mirror!.lower]).toEqual([row!.lower, row!.higher])
  })

  it('pairs by problem and sample, and sees what an unpaired test would miss', () => {
    // Problems differ by hundreds; within every problem the arm is one line longer.
    const records = Array.from({ length: 12 }, (_, i) => [
      record({ taskId: i, metrics: { lines: 100 * i } }),
      record({ taskId: i, layer: 4, metrics: { lines: 100 * i + 1 } }),
    ]).flat()
    const [row] = compareToOriginal(records, 'lines').rows
    expect(row).toMatchObject({ difference: 1, interval: [1, 1], rankBiserial: 1, pairs: 12 })
    expect(row!.pValue).toBeCloseTo(2 / 2 ** 12, 14)
  })

  it('tests answers with McNemar and counts with Wilcoxon', () => {
    const answers = [
      ...Array.from({ length: 6 }, (_, i) => [true, false, i] as const),
      ...Array.from({ length: 9 }, (_, i) => [true, true, 10 + i] as const),
    ].flatMap(([original, injected, taskId]) => [
      record({ taskId, passed: original, metrics: { lines: 3 + taskId } }),
      record({ taskId, layer: 0, passed: injected, metrics: { lines: 3 } }),
    ])
    const passed = compareToOriginal(answers, 'passed')
    expect(passed.test).toBe('mcnemar')
    expect(passed.rows[0]).toMatchObject({ higher: 0, lower: 6, pValue: 0.03125, rankBiserial: -1 })
    expect(passed.rows[0]!.difference).toBeCloseTo(-6 / 15, 14)
    expect(compareToOriginal(answers, 'lines').test).toBe('wilcoxon')
  })

  it('takes the problem as the unit: copies of a sample make nothing significant', () => {
    const [once] = compareToOriginal(sweep({ layers: [10] }), 'lines').rows
    const copies = sweep({ layers: [10] }).flatMap((r) => [0, 1, 2, 3].map((sample) => ({ ...r, sample })))
    const [fourTimes] = compareToOriginal(copies, 'lines').rows
    expect(fourTimes!.pairs).toBe(4 * once!.pairs)
    expect(fourTimes!.problems).toBe(once!.problems)
    expect(fourTimes!.pValue).toBe(once!.pValue)
    expect(fourTimes!.interval).toEqual(once!.interval)
    expect(compareToOriginal(copies, 'passed').test).toBe('mcnemar')
  })

  it('averages the samples of a problem before testing rates', () => {
    const records = [0, 1, 2].flatMap((taskId) =>
      [0, 1].flatMap((sample) => [
        record({ taskId, sample, passed: true }),
        record({ taskId, sample, layer: 1, passed: sample === 0 }),
      ]),
    )
    const comparison = compareToOriginal(records, 'passed')
    expect(comparison.test).toBe('wilcoxon')
    expect(comparison.rows[0]).toMatchObject({ problems: 3, pairs: 6, lower: 3, difference: -0.5 })
  })

  it('takes what floating point leaves of 0.1 − 0.3 + 0.2 for no difference', () => {
    const injected = [0.2, 0, 0.2]
    const original = [0.1, 0.3, 0]
    const records = [0, 1, 2].flatMap((sample) =>
      [1, 2, 3].flatMap((taskId) => [
        record({ taskId, sample, layer: 1, metrics: { ratio: injected[sample]! } }),
        record({ taskId, sample, metrics: { ratio: original[sample]! } }),
      ]),
    )
    const [row] = compareToOriginal(records, 'ratio').rows
    expect(row!.difference).not.toBe(0)
    expect(row).toMatchObject({ higher: 0, lower: 0, pValue: 1, rankBiserial: 0 })
  })

  it('leaves out pairs with an undefined value, and counts them', () => {
    const records = [
      record({ taskId: 1, metrics: { lines: 4 } }),
      record({ taskId: 1, layer: 1, metrics: { lines: 6 } }),
      record({ taskId: 2, metrics: { lines: 9 } }),
      record({ taskId: 2, layer: 1, metrics: { lines: null } }),
      record({ taskId: 3, metrics: { lines: 9 } }),
      record({ taskId: 4, layer: 1, metrics: { lines: 9 } }),
    ]
    const [row] = compareToOriginal(records, 'lines').rows
    expect(row).toMatchObject({ pairs: 1, incomplete: 3, mean: 6, originalMean: 4, difference: 2 })
    expect(row!.interval).toBeNull()
  })

  it('says nothing of an arm without a complete pair, and keeps it out of the adjustment', () => {
    const records = sweep({ layers: [1, 2] }).map((r) =>
      r.layer === 2 ? { ...r, metrics: { lines: null } } : r,
    )
    const [tested, untested] = compareToOriginal(records, 'lines').rows
    expect(untested).toMatchObject({
      pairs: 0,
      mean: null,
      difference: null,
      interval: null,
      pValue: null,
      adjustedPValue: null,
      rankBiserial: null,
    })
    expect(tested!.adjustedPValue).toBe(tested!.pValue)
  })

  it('draws the same interval from the same seed, another from another', () => {
    const records = sweep()
    const interval = (seed: number) =>
      compareToOriginal(records, 'lines', { seed, resamples: 99 }).rows[1]!.interval
    expect(interval(5)).toEqual(interval(5))
    expect(interval(5)).not.toEqual(interval(6))
  })

  it('shows itself as text, HTML and CSV', () => {
    const comparison = compareToOriginal(sweep(), 'passed')
    expect(comparison.toText()).toMatchInlineSnapshot(`
      "Pass rate: each arm against the original, paired
      ────────────────────────────────────────────────────────────────────────────────────────────────────────
                pairs    mean  original  difference       95 % interval       p  p (Holm)   effect  detectable
      ────────────────────────────────────────────────────────────────────────────────────────────────────────
      layer 1      20  0.1000    0.7500     −0.6500  −0.9000 to −0.3500  0.0010    0.0029  −0.8667      0.6018
      layer 10     20  0.4000    0.7500     −0.3500  −0.6000 to −0.1000  0.0391    0.0781  −0.7778      0.4380
      layer 23     20  0.6000    0.7500     −0.1500  −0.4000 to +0.1000  0.4531    0.4531  −0.4286      0.4184
      ────────────────────────────────────────────────────────────────────────────────────────────────────────
      p: exact McNemar test, two-sided; Holm over 3 arms. Interval: bootstrap over problems. Effect: matched-pairs rank-biserial. Detectable: the smallest difference found with a power of 80 % after Holm's first step, 0.05 / 3."
    `)
    expect(comparison.toHTML()).toContain(
      '<th scope="row" style="text-align: left; white-space: nowrap">layer 23</th>',
    )
    const lines = comparison.toCSV().trimEnd().split('\r\n')
    expect(lines).toHaveLength(4)
    expect(new Set(lines.map((line) => line.split(',').length))).toEqual(new Set([19]))
    const display = (comparison as unknown as Record<symbol, () => unknown>)[
      Symbol.for('Jupyter.display')
    ]!.call(comparison)
    expect(display).toEqual({ 'text/html': comparison.toHTML(), 'text/plain': comparison.toText() })
  })

  it('names what is missing', () => {
    expect(() => compareToOriginal([], 'lines')).toThrow('There are no records')
    expect(() => compareToOriginal([record({ layer: 1 })], 'passed')).toThrow(
      expect.objectContaining({ code: 'NO_ORIGINAL_ARM' }),
    )
    expect(() => compareToOriginal(sweep(), 'lnes')).toThrow(/"lnes".*responds, parses, passed, .*lines/)
    expect(() => compareToOriginal([record(), record()], 'passed')).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_RECORD' }),
    )
    expect(() => compareToOriginal(sweep(), 'passed', { resamples: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    )
  })
})

describe('holm', () => {
  it('keeps the order of p values, never lowers one and never exceeds 1', () => {
    const p = Array.from({ length: 33 }, (_, i) => ((i * 7919) % 997) / 997)
    const adjusted = holm(p) as number[]
    p.forEach((a, i) => {
      expect(adjusted[i]).toBeGreaterThanOrEqual(a)
      expect(adjusted[i]).toBeLessThanOrEqual(1)
      p.forEach((b, j) => {
        if (a <= b) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!)
      })
    })
  })

  it('skips what was not tested', () => {
    expect(holm([null, 0.02, null, 0.03])).toEqual([null, 0.04, null, 0.04])
    expect(holm([])).toEqual([])
  })
})

describe('wilcoxonSignedRank', () => {
  it('answers p = 1 where nothing differs', () => {
    const nothing = { statistic: 0, pValue: 1, rankBiserial: 0 }
    expect(wilcoxonSignedRank([])).toEqual(nothing)
    expect(wilcoxonSignedRank([0, 0, 0])).toEqual(nothing)
  })

  it('is the exact McNemar test where all differences have one size', () => {
    expect(wilcoxonSignedRank([1, 1, 1, 1, 1, 1]).pValue).toBe(0.03125)
  })

  it('passes from exact to approximate without a jump', () => {
    const differences = Array.from({ length: 51 }, (_, i) => (i % 3 === 0 ? -(i + 1) : i + 1))
    const exact = wilcoxonSignedRank(differences.slice(1)).pValue
    const approximate = wilcoxonSignedRank(differences).pValue
    expect(Math.abs(exact - approximate)).toBeLessThan(0.01)
  })
})
