import { describe, expect, it } from 'vitest'
import { depthArms, resolveDepths, type Depth, type DepthOptions } from '../../src/nir/index.js'

/** Injection layer ← capture layer, in the order of the arms. */
const mapped = (layers: 'all' | readonly Depth[], options?: DepthOptions) =>
  depthArms(resolveDepths(layers, 4), options).map(({ injections }) =>
    injections?.[0] ? [injections[0].layer, injections[0].from] : null,
  )

describe('depthArms', () => {
  it("injects every layer's own CRV, as described", () => {
    expect(mapped([23, 1, 'original', 10])).toEqual([[23, 23], [1, 1], null, [10, 10]])
  })

  it('permutes the CRVs as the released code does with its list', () => {
    const permuted = [
      [23, 1],
      [1, 10],
      [10, 23],
    ]
    expect(mapped([23, 1, 10], { mapping: 'released' })).toEqual(permuted)
    expect(mapped(['original', 23, 1, 10], { mapping: 'released' })).toEqual([null, ...permuted])
    expect(mapped([23, 1, 'original', 10], { mapping: 'released' })).toEqual([
      [23, 1],
      [1, 10],
      null,
      [10, 23],
    ])
  })

  it('injects the layers that a map names, and their own where it names none', () => {
    expect(mapped([3, 'original', 1], { mapping: { 3: 0, 2: 1 } })).toEqual([[3, 0], null, [1, 1]])
  })

  it('sorts layers as numbers', () => {
    expect(mapped([10, 9, 2], { mapping: 'released' })).toEqual([
      [10, 2],
      [9, 9],
      [2, 10],
    ])
  })

  it.each([[[1, 10, 23]], ['all' as const]])('an ascending list is mapped straight: %j', (layers) => {
    expect(mapped(layers, { mapping: 'released' })).toEqual(mapped(layers))
  })

  it('says the decode positions in every injection', () => {
    const positions = (options?: DepthOptions) =>
      depthArms([2, 'original'], options).map(({ injections }) => injections?.[0]?.decodePositions)
    expect(positions()).toEqual(['recomputed', undefined])
    expect(positions({ decodePositions: 'released' })).toEqual(['released', undefined])
  })
})
