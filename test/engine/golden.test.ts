import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Crv, Engine } from '../../src/engine/index.js'
import { armOf, floats, golden, goldenModel, relativeError } from './golden.js'

const settings = [
  { label: 'F32 cache, no flash attention', flashAttention: false, cacheType: 'f32', bound: 1e-5 },
  { label: 'F16 cache, flash attention', flashAttention: true, cacheType: 'f16', bound: 1e-2 },
] as const

describe.each(settings)('golden cases with $label', ({ flashAttention, cacheType, bound }) => {
  let engine: Engine
  let crv: Crv

  beforeAll(async () => {
    engine = await Engine.open({ path: goldenModel, gpu: false, threads: 1, flashAttention, cacheType })
    crv = await engine.capture(golden.context)
  })
  afterAll(() => engine.close())

  it('captures the input of every layer', () => {
    expect(crv.layers).toEqual([0, 1, 2, 3, 4, 5])
    for (const layer of crv.layers)
      expect(relativeError(crv.at(layer), floats(golden.hidden_states_f32_base64[layer]!))).toBeLessThan(
        bound,
      )
  })

  it.each(golden.cases)('generates as expected: $name', async (expected) => {
    const { name: _name, ...interventions } = armOf(expected, crv)
    const generation = await engine.generate(expected.prompt, {
      ...interventions,
      maxTokens: expected.new_tokens,
      logits: true,
    })
    expect(generation.tokens).toEqual(expected.tokens)
    expect(generation.stopReason).toBe('maxTokens')
    expect(relativeError(generation.logits!, floats(expected.logits_f32_base64))).toBeLessThan(bound)
  })

  it('gives the same with all cases in one batch', async () => {
    const arms = golden.cases.map((expected) => armOf(expected, crv))
    const generations = await engine.generateArms(golden.cases[0]!.prompt, arms, {
      maxTokens: 8,
      logits: true,
    })
    for (const [index, expected] of golden.cases.entries()) {
      expect(generations[index]!.arm).toBe(expected.name)
      expect(generations[index]!.tokens).toEqual(expected.tokens)
      expect(relativeError(generations[index]!.logits!, floats(expected.logits_f32_base64))).toBeLessThan(
        bound,
      )
    }
  })

  it('injects a CRV given as plain numbers as it injects the captured one', async () => {
    const copy = new Crv({
      states: new Map(crv.layers.map((layer) => [layer, crv.at(layer).slice()])),
      tokens: crv.tokens,
      hiddenSize: crv.hiddenSize,
    })
    for (const expected of golden.cases.filter((c) => c.inject !== undefined && c.inject === c.capture)) {
      const { name: _name, ...interventions } = armOf(expected, copy)
      const generation = await engine.generate(expected.prompt, {
        ...interventions,
        maxTokens: 8,
        logits: true,
      })
      expect(relativeError(generation.logits!, floats(expected.logits_f32_base64))).toBeLessThan(bound)
    }
  })
})
