import { describe, expect, it } from 'vitest'
import { Crv, InputError } from '../../src/engine/index.js'

/** Three tokens of two values, at layers 6 and 1. */
const crv = new Crv({
  states: new Map([
    [6, Float32Array.of(1, 2, 3, 4, 5, 6)],
    [1, Float32Array.of(10, 20, 30, 40, 50, 60)],
  ]),
  tokens: [7, 8, 9],
  hiddenSize: 2,
})

describe('Crv', () => {
  it('refuses matrices that do not fit, and no tokens', () => {
    const states = new Map([[1, new Float32Array(5)]])
    for (const tokens of [[1, 2, 3], []])
      expect(() => new Crv({ states, tokens, hiddenSize: 2 })).toThrow(
        expect.objectContaining({ code: 'CRV_SHAPE' }),
      )
  })

  it('slice takes the rows of some tokens in every layer', () => {
    const part = crv.slice(1, 3)
    expect(part.tokens).toEqual([8, 9])
    expect(part.layers).toEqual([1, 6])
    expect([...part.at(1)]).toEqual([30, 40, 50, 60])
    expect([...part.at(6)]).toEqual([3, 4, 5, 6])
    expect(crv.slice(2).tokens).toEqual([9])
    expect([...crv.slice(0, 3).slice(1).slice(0, 1).at(6)]).toEqual([3, 4])
  })

  it('slice shares the memory', () => {
    expect(crv.slice(1).at(6).buffer).toBe(crv.at(6).buffer)
  })

  it('slice refuses ranges that are empty, reversed, out of bounds or no whole numbers', () => {
    for (const [start, end] of [
      [0, 4],
      [-1, 2],
      [1, 1],
      [2, 1],
      [3, undefined],
      [0.5, 2],
      [0, 1.5],
      [Number.NaN, 2],
    ] as const)
      expect(() => crv.slice(start, end)).toThrow(
        expect.objectContaining({ name: 'InputError', code: 'TOKEN_RANGE' }),
      )
  })

  it('mean is over the tokens, of the layer asked for', () => {
    expect([...crv.mean(6)]).toEqual([3, 4])
    expect([...crv.mean(1)]).toEqual([30, 40])
    expect([...crv.slice(1).mean(6)]).toEqual([4, 5])
    expect(() => crv.mean(2)).toThrow(InputError)
  })

  it('mean sums in float64: a small value survives beside large ones that cancel', () => {
    const values = Float32Array.of(2 ** 30, 3, -(2 ** 30))
    const column = new Crv({ states: new Map([[0, values]]), tokens: [1, 2, 3], hiddenSize: 1 })
    expect([...column.mean(0)]).toEqual([1])
  })
})
