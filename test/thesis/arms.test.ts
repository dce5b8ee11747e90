import { describe, expect, it } from 'vitest'
import { captureLayers } from '../../src/nir/index.js'
import { armsNote, releasedOrder, thesisArms } from '../../src/thesis/arms.js'

const layers = (count: number) => thesisArms(count).map(({ depth }) => depth)

describe('the arms', () => {
  it("are the thesis' on 32 layers", () => {
    expect(layers(32)).toEqual([1, 10, 23, 'original'])
    expect(thesisArms(32).map(({ published }) => published)).toEqual([
      'layer 1',
      'layer 10',
      'layer 23',
      'original',
    ])
    expect(armsNote(thesisArms(32), 32)).toContain('of 32.')
  })

  it('are at the same relative depths on other models, never below layer 1, and the note says so', () => {
    expect(layers(80)).toEqual([3, 25, 58, 'original'])
    expect(layers(12)).toEqual([1, 4, 9, 'original'])
    expect(layers(5)).toEqual([1, 2, 4, 'original'])
    expect(armsNote(thesisArms(12), 12)).toMatch(/1, 10 and 23 of 32 are the layers 1, 4, 9 of 12/)
  })

  it.each([1, 3, 4])('a model of %i layers is too shallow', (count) => {
    expect(() => thesisArms(count)).toThrow(expect.objectContaining({ code: 'MODEL_TOO_SHALLOW' }))
  })

  it("are permuted as by the released code's list", () => {
    const captured = captureLayers(releasedOrder(thesisArms(32)), 'released')
    expect(Object.fromEntries(captured)).toEqual({ 1: 10, 10: 23, 23: 1 })
  })
})
