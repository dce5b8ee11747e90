import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/index.js'
import { armOf, interventionsOf, pairOf, type Pair } from './reference/compare.js'
import { difference } from './reference/difference.js'
import { generateReference, logitsOf } from './reference/nir.js'
import { chosenRecipes, prompt, randomRecipes } from './reference/recipes.js'
import { quantisableModel, writeModel } from './reference/tiny-models.js'

const folder = mkdtempSync(join(tmpdir(), 'nir-quantised-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/**
 * As ggml does, the reference rounds vectors to eight bits before it multiplies them; the rest is float64, with the
 * very weights of the file. Most differences are then of the size of 1e-7. Where a value falls just between two of the
 * 255 steps the two round it differently, and what follows differs by some hundredths. Without the rounding in the
 * reference, arms of this model differ by 2e-2 (median), at most 2e-1.
 */
function expectClose(differences: readonly number[]): void {
  const sorted = [...differences].sort((a, b) => a - b)
  expect(sorted[Math.floor(0.9 * sorted.length)], 'nine tenths').toBeLessThan(1e-5)
  expect(sorted.at(-1), 'all').toBeLessThan(0.1)
}

describe.each(['Q8_0', 'Q4_0'] as const)('a %s model computes what its weights say', (type) => {
  let pair: Pair

  beforeAll(async () => {
    const path = join(folder, `${type}.gguf`)
    writeModel(path, quantisableModel, type)
    const settings = { gpu: false, threads: 1, flashAttention: false, cacheType: 'f32' } as const
    pair = await pairOf(await Engine.open({ path, ...settings }))
  })
  afterAll(() => pair.engine.close())

  it('captures the input of every layer', () => {
    const captures = Object.values(pair.captured)
    for (const { engine, reference } of captures)
      expect(difference(engine.at(0), reference.layers[0]!), 'embeddings').toBeLessThan(1e-7)
    expectClose(
      captures.flatMap(({ engine, reference }) =>
        engine.layers.map((layer) => difference(engine.at(layer), reference.layers[layer]!)),
      ),
    )
  })

  it('generates under every intervention, all in one batch', async () => {
    const { layerCount, hiddenSize } = pair.engine.model
    const recipes = [...chosenRecipes(layerCount, hiddenSize), ...randomRecipes(30, layerCount, hiddenSize)]
    const arms = recipes.map((recipe) => armOf(pair, recipe))
    const generations = await pair.engine.generateArms(prompt, arms, { maxTokens: 2, logits: true })
    const { vocabularySize } = pair.engine.model
    expectClose(
      recipes.map((recipe, i) => {
        const expected = generateReference(pair.reference, prompt, interventionsOf(pair, recipe), 2)
        const { logits, tokens } = generations[i]!
        // After another first token, the second step has another input.
        const count = tokens[0] === expected.tokens[0] ? 2 : 1
        return difference(logits!.subarray(0, count * vocabularySize), expected.logits.slice(0, count))
      }),
    )
  })

  it('sees hidden states through the logit lens', async () => {
    const { engine, reference } = pair.captured.a
    const differences = engine.layers.map(async (layer) => {
      const rows = reference.layers[layer]!.map((state) => logitsOf(pair.reference, state))
      return difference(await pair.engine.logitLens(engine, layer), rows)
    })
    expectClose(await Promise.all(differences))
  })
})
