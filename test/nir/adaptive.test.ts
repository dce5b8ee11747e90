import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChoiceError, createSession, type Crv, type Session } from '../../src/index.js'

let nir: Session
let prompt: string
let crv: Crv

beforeAll(async () => {
  nir = await createSession({ gpu: false })
  const [problem] = await nir.problems('embedded', { limit: 1 })
  prompt = nir.prompt(problem!)
  crv = await nir.capture('Proposed solution context: return the sum of the list')
})
afterAll(() => nir.close())

describe('generateAdaptive', () => {
  it('chooses the depth whose generation, made by hand, has the highest mean log-probability', async () => {
    const layers = [0, 3, 'original', 11] as const
    const adaptive = await nir.generateAdaptive(prompt, crv, { layers, by: 'logProbability', maxTokens: 40 })
    const byHand = await nir.generateArms(
      prompt,
      layers.map((layer) => ({
        name: String(layer),
        injections: layer === 'original' ? [] : [{ crv, layer }],
      })),
      { maxTokens: 40 },
    )
    const texts = byHand.map(({ text }) => text)
    expect(new Set(texts).size).toBeGreaterThan(1)
    expect(adaptive.generations.map(({ text }) => text)).toEqual(texts)
    const means = byHand.map(({ tokens, logProbabilities }) => {
      return logProbabilities.reduce((sum, value) => sum + value) / tokens.length
    })
    const [best, second] = [...means].sort((a, b) => b - a)
    const index = means.indexOf(best!)
    expect(adaptive.depth).toBe(layers[index])
    expect(adaptive.chosen).toBe(adaptive.generations[index])
    expect(adaptive.chosen).toMatchObject({ tokens: byHand[index]!.tokens, text: texts[index] })
    adaptive.scores.forEach((score, at) => {
      expect(score).toBeCloseTo(means[at]!, 5)
    })
    expect(adaptive.margin).toBeCloseTo(best! - second!, 5)
  })

  it("takes every depth and the original by default, and one's own function", async () => {
    const { depth, scores } = await nir.generateAdaptive(prompt, crv, {
      by: ({ arm }) => (arm === 'layer 7' ? 1 : 0),
      maxTokens: 4,
    })
    expect(depth).toBe(7)
    expect(scores).toHaveLength(nir.model.layerCount + 1)
  })

  it('refuses what it cannot choose by before it generates, and no depths at all', async () => {
    let tokens = 0
    const onToken = () => tokens++
    const unknown = nir.generateAdaptive(prompt, crv, { by: 'confidence' as never, onToken })
    await expect(unknown).rejects.toMatchObject({ name: 'ChoiceError', code: 'UNKNOWN_CRITERION' })
    expect(tokens).toBe(0)
    await expect(nir.generateAdaptive(prompt, crv, { layers: [], by: 'entropy' })).rejects.toThrow(
      ChoiceError,
    )
  })
})

describe('a sweep as the released code', () => {
  it('says what was injected where, and injects it', async () => {
    const problems = await nir.problems('embedded', { limit: 1 })
    const context = () => 'Proposed solution context: return the sum of the list'
    const released = { mapping: 'released', decodePositions: 'released' } as const
    const { records } = await nir.sweep({ problems, context, layers: [6, 1, 'original', 3], ...released })
    const said = records.map(({ layer, captureLayer, decodePositions }) => [
      layer,
      captureLayer,
      decodePositions,
    ])
    expect(said).toEqual([
      [6, 1, 'released'],
      [1, 3, 'released'],
      [null, null, null],
      [3, 6, 'released'],
    ])
    const byHand = await nir.generate(prompt, {
      injections: [{ crv, layer: 1, from: 3, decodePositions: 'released' }],
      stop: ['```'],
    })
    expect(records[1]!.text).toBe(byHand.text)
    expect(records[1]!.meanLogProbability).toBeLessThan(0)
    expect(records[1]!.meanEntropy).toBeGreaterThan(0)
  })
})
