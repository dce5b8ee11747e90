import { describe, expect, it } from 'vitest'
import { adaptiveRecords, compareToOriginal, depthProfile, metricNames } from '../../src/analysis/index.js'
import { permuted, record, sweep } from './records.js'

describe('depthProfile', () => {
  it('names the depth with the best paired difference, its test and its uncertainty', () => {
    const records = sweep({ layers: [1, 10, 23] })
    const { rows } = depthProfile(records, ['passed', 'lines'])
    const [passed, lines] = rows
    expect(passed).toMatchObject({ metric: 'passed', best: 'highest', layer: 23, arm: 'layer 23' })
    expect(lines).toMatchObject({ metric: 'lines', best: 'lowest' })
    for (const row of rows) {
      const comparison = compareToOriginal(records, row.metric).rows
      expect(row.depths.map(({ shareBest: _, ...depth }) => depth)).toEqual(comparison)
      const chosen = comparison.find(({ arm }) => arm === row.arm)!
      const sign = row.best === 'highest' ? 1 : -1
      for (const { difference } of comparison)
        expect(sign * chosen.difference!).toBeGreaterThanOrEqual(sign * difference!)
      expect(row).toMatchObject({ difference: chosen.difference, detectable: chosen.detectable })
      expect(row.depths.reduce((sum, { shareBest }) => sum + shareBest!, 0)).toBeCloseTo(1, 12)
    }
  })

  it('is sure where one depth wins everywhere, and knows nothing where all are alike', () => {
    const clear = [1, 2, 3, 4].flatMap((taskId) => [
      record({ taskId, passed: false }),
      record({ taskId, layer: 2, passed: false }),
      record({ taskId, layer: 5, passed: true }),
    ])
    expect(depthProfile(clear, 'passed').rows[0]).toMatchObject({
      layer: 5,
      shareBest: 1,
      layerInterval: [5, 5],
    })
    const alike = clear.map((one) => ({ ...one, passed: true }))
    const [row] = depthProfile(alike, 'passed').rows
    expect(row).toMatchObject({ layer: 2, layerInterval: [2, 5], difference: 0 })
    expect(row!.shareBest).toBeCloseTo(0.5, 12)
  })

  it('looks for the other end when asked', () => {
    const records = sweep()
    expect(depthProfile(records, 'passed', { best: 'lowest' }).rows[0]).toMatchObject({
      best: 'lowest',
      layer: 1,
    })
  })

  it('gives null where there is nothing to say', () => {
    const [one] = depthProfile([record(), record({ layer: 3 })], 'passed').rows
    expect(one).toMatchObject({
      layer: 3,
      shareBest: null,
      layerInterval: null,
      interval: null,
      detectable: null,
    })
    const undefinedThere = [record(), record({ layer: 3 })].map((r) => ({ ...r, metrics: { lines: null } }))
    expect(depthProfile(undefinedThere, 'lines').rows[0]).toMatchObject({
      layer: null,
      shareBest: null,
      difference: null,
    })
  })

  it('takes depths for candidates, and no choice among them', () => {
    const records = sweep()
    const more = [...records, ...adaptiveRecords(records, 'meanEntropy')]
    expect(depthProfile(more, 'passed')).toEqual(depthProfile(records, 'passed'))
  })

  it('does not depend on the order of the records', () => {
    const records = sweep({ samples: 2 })
    expect(depthProfile(permuted(records), 'effort')).toEqual(depthProfile(records, 'effort'))
  })

  it('answers for every metric of a sweep over 32 depths', () => {
    const records = sweep({ layers: [...Array(32).keys()], problems: 6 })
    const profile = depthProfile(records, metricNames(records), { resamples: 200 })
    expect(profile.rows).toHaveLength(metricNames(records).length)
    expect(profile.toText().split('\n')).toHaveLength(6 + profile.rows.length)
    expect(profile.toCSV().trim().split('\r\n')).toHaveLength(1 + 32 * profile.rows.length)
  })

  it('needs an original, a depth and a metric that exists', () => {
    const code = (expected: string) => expect.objectContaining({ code: expected })
    expect(() => depthProfile([record()], 'passed')).toThrow(code('NO_RECORDS'))
    expect(() => depthProfile([record({ layer: 1 })], 'passed')).toThrow(code('NO_ORIGINAL_ARM'))
    expect(() => depthProfile(sweep(), 'speed')).toThrow(code('UNKNOWN_METRIC'))
    expect(() => depthProfile(sweep(), 'passed', { resamples: 0 })).toThrow(code('INVALID_ARGUMENT'))
  })
})

describe('the smallest detectable difference', () => {
  const answers = (n: number, changed: number) =>
    Array.from({ length: n }, (_, taskId) => [
      record({ taskId, passed: true }),
      record({ taskId, layer: 1, passed: taskId >= changed }),
    ]).flat()
  const detectable = (n: number, changed: number) =>
    compareToOriginal(answers(n, changed), 'passed').rows[0]!.detectable

  it('is none below six answers: even all in one direction are not significant', () => {
    expect(detectable(5, 2)).toBeNull()
    // 6 of 6 have to change, each with a probability of 0.8^(1/6).
    expect(detectable(6, 0)).toBeCloseTo(0.8 ** (1 / 6), 5)
  })

  it('shrinks with problems, and grows with discordance', () => {
    const bySize = [10, 20, 50, 100].map((n) => detectable(n, 0)!)
    expect([...bySize].sort((a, b) => b - a)).toEqual(bySize)
    expect(detectable(50, 25)).toBeGreaterThan(detectable(50, 5)!)
  })

  it('is none where differences do not vary', () => {
    const records = Array.from({ length: 20 }, (_, taskId) => [
      record({ taskId, metrics: { ratio: 0.3 + taskId } }),
      record({ taskId, layer: 1, metrics: { ratio: 0.1 + 0.3 + taskId } }),
    ]).flat()
    expect(compareToOriginal(records, 'ratio').rows[0]!.detectable).toBeNull()
  })
})
