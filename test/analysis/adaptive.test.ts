import { describe, expect, it } from 'vitest'
import {
  adaptiveRecords,
  AnalysisError,
  compareToOriginal,
  depthChart,
  thesisTable,
  type Confidence,
} from '../../src/analysis/index.js'
import { permuted, record } from './records.js'

/** Three depths and the original; the original is the surest everywhere. */
const records = [
  record({ layer: 1, meanLogProbability: -0.9, meanEntropy: 0.5, passed: false }),
  record({ layer: 6, meanLogProbability: -0.25, meanEntropy: 1.5, passed: true }),
  record({ layer: 9, meanLogProbability: -0.5, meanEntropy: 0.75, passed: false }),
  record({ meanLogProbability: -0.1, meanEntropy: 0.1, passed: false }),
  record({ taskId: 3, layer: 1, meanLogProbability: -0.5, meanEntropy: 1 }),
  record({ taskId: 3, layer: 6, meanLogProbability: -0.5, meanEntropy: 1 }),
  record({ taskId: 3, layer: 9, meanLogProbability: null, meanEntropy: null, tokenCount: 0 }),
  record({ taskId: 3, meanLogProbability: -0.1, meanEntropy: 0.1 }),
]
const chosen = (of: typeof records, by: Confidence) =>
  adaptiveRecords(of, by).map(({ taskId, chosenLayer, margin }) => [taskId, chosenLayer, margin])

describe('adaptiveRecords', () => {
  it('chooses the injection depth of the highest log-probability or lowest entropy, the lower one in a tie', () => {
    expect(chosen(records, 'meanLogProbability')).toEqual([
      [2, 6, 0.25],
      [3, 1, 0],
    ])
    expect(chosen(records, 'meanEntropy')).toEqual([
      [2, 1, 0.25],
      [3, 1, 0],
    ])
  })

  it('keeps all of the chosen record but its arm', () => {
    const [first] = adaptiveRecords(records, 'meanLogProbability')
    expect(first).toEqual({ ...records[1], arm: 'adaptive', layer: null, chosenLayer: 6, margin: 0.25 })
  })

  it('chooses for every sample', () => {
    const samples = [0, 1].flatMap((sample) =>
      [1, 6].map((layer) => record({ layer, sample, meanEntropy: layer === 6 - 5 * sample ? 0.1 : 0.2 })),
    )
    expect(adaptiveRecords(samples, 'meanEntropy').map((one) => [one.sample, one.chosenLayer])).toEqual([
      [0, 6],
      [1, 1],
    ])
  })

  it('gives no margin where there is nothing to compare with', () => {
    const empty = { meanLogProbability: null, tokenCount: 0 }
    expect(chosen([record({ layer: 4 })], 'meanLogProbability')).toEqual([[2, 4, null]])
    expect(chosen([record({ layer: 4 }), record({ layer: 2, ...empty })], 'meanLogProbability')).toEqual([
      [2, 4, null],
    ])
    expect(
      chosen([record({ layer: 4, ...empty }), record({ layer: 2, ...empty })], 'meanLogProbability'),
    ).toEqual([[2, 2, null]])
  })

  it('does not depend on the order of the records, nor on an earlier choice among them', () => {
    const once = adaptiveRecords(records, 'meanEntropy')
    expect(adaptiveRecords(permuted(records), 'meanEntropy')).toEqual(once)
    expect(adaptiveRecords([...records, ...once], 'meanEntropy')).toEqual(once)
  })

  it('stands in tables and comparisons as an arm, and not in the chart over depth', () => {
    const all = [...records, ...adaptiveRecords(records, 'meanLogProbability')]
    expect(thesisTable(all, 'outcomes').arms).toEqual([
      'layer 1',
      'layer 6',
      'layer 9',
      'adaptive',
      'original',
    ])
    const adaptive = compareToOriginal(all, 'passed').rows.find((row) => row.arm === 'adaptive')
    expect(adaptive).toMatchObject({ difference: 0.5 })
    expect(depthChart(all, 'passed').data).toContainEqual(expect.objectContaining({ x: [1, 6, 9] }))
  })

  it.each([
    ['records without an injection', [record()], 'meanEntropy', 'NO_RECORDS'],
    ['an unknown confidence', records, 'entropy', 'INVALID_ARGUMENT'],
  ])('refuses %s', (_name, given, by, code) => {
    expect(() => adaptiveRecords(given, by as Confidence)).toThrow(AnalysisError)
    expect(() => adaptiveRecords(given, by as Confidence)).toThrow(expect.objectContaining({ code }))
  })
})
