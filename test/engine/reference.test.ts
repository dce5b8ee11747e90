import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine, type Generation } from '../../src/engine/index.js'
import { goldenModel } from './golden.js'
import { armOf, boundOf, interventionsOf, pairOf, type Pair } from './reference/compare.js'
import { difference, joined } from './reference/difference.js'
import { captureReference, generateReference, logitsOf, type ReferenceGeneration } from './reference/nir.js'
import { chosenRecipes, contexts, prompt, randomRecipes, type Recipe } from './reference/recipes.js'
import { tinyModels, writeTinyModel, type TinyModelName } from './reference/tiny-models.js'

const folder = mkdtempSync(join(tmpdir(), 'nir-reference-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const NEW_TOKENS = 6
const models: [string, () => string][] = [
  ['the golden model', () => goldenModel],
  ...(Object.keys(tinyModels) as TinyModelName[]).map((name): [string, () => string] => [
    name,
    () => writeTinyModel(folder, name),
  ]),
]

describe.each(models)('%s computes what the float64 reference computes', (name, path) => {
  const bound = boundOf(name)
  let pair: Pair
  let recipes: Recipe[]
  let expected: ReferenceGeneration[]

  beforeAll(async () => {
    const settings = { gpu: false, threads: 1, flashAttention: false, cacheType: 'f32' } as const
    pair = await pairOf(await Engine.open({ path: path(), ...settings }))
    const { layerCount, hiddenSize } = pair.engine.model
    recipes = [...chosenRecipes(layerCount, hiddenSize), ...randomRecipes(10, layerCount, hiddenSize)]
    expected = recipes.map((recipe) =>
      generateReference(pair.reference, prompt, interventionsOf(pair, recipe), NEW_TOKENS),
    )
  })
  afterAll(() => pair.engine.close())

  const options = { maxTokens: NEW_TOKENS, logits: true, attentionShares: true }

  function compare(recipe: Recipe, generation: Generation, reference: ReferenceGeneration): void {
    const { logits, attentionShares, logProbabilities, entropies } = generation
    expect.soft(generation.tokens, recipe.name).toEqual(reference.tokens)
    expect.soft(difference(logits!, reference.logits), recipe.name).toBeLessThan(bound)
    // Log-probabilities, entropies and shares are of the size of 1: absolute differences.
    expect.soft(apart(logProbabilities, reference.logProbabilities), recipe.name).toBeLessThan(10 * bound)
    expect.soft(apart(entropies, reference.entropies), recipe.name).toBeLessThan(10 * bound)
    expect.soft(apart(attentionShares!, joined(reference.attentionShares)), recipe.name).toBeLessThan(bound)
  }

  it('captures the input of every layer', () => {
    for (const { engine, reference } of Object.values(pair.captured))
      for (const layer of engine.layers)
        expect(difference(engine.at(layer), reference.layers[layer]!), `layer ${layer}`).toBeLessThan(bound)
  })

  it('all arms in one batch', async () => {
    const arms = recipes.map((recipe) => armOf(pair, recipe))
    const generations = await pair.engine.generateArms(prompt, arms, options)
    for (const [i, recipe] of recipes.entries()) compare(recipe, generations[i]!, expected[i]!)
  })

  it('arms one by one', async () => {
    for (const [i, recipe] of recipes.entries()) {
      if (i % 5 !== 0) continue
      const generation = await pair.engine.generate(prompt, { ...armOf(pair, recipe), ...options })
      compare(recipe, generation, expected[i]!)
    }
  })

  it('calls at the same time, with prompts and lengths of their own, and captures among them', async () => {
    const { engine, reference } = pair
    const calls = recipes.slice(-10).map(async (recipe, i) => {
      const own = prompt.map((token) => (token * (2 * i + 1)) % 64)
      const maxTokens = 1 + (i % NEW_TOKENS)
      const capture = engine.capture(own, { layers: [i % 4] })
      const generation = await engine.generate(own, { ...armOf(pair, recipe), ...options, maxTokens })
      compare(recipe, generation, generateReference(reference, own, interventionsOf(pair, recipe), maxTokens))
      const plain = captureReference(reference, own).layers[i % 4]!
      expect.soft(difference((await capture).at(i % 4), plain), recipe.name).toBeLessThan(bound)
    })
    await Promise.all(calls)
  })

  it('sees hidden states through the logit lens', async () => {
    const { engine, reference } = pair.captured.a
    for (const layer of engine.layers) {
      const lens = await pair.engine.logitLens(engine, layer)
      const rows = reference.layers[layer]!.map((state) => logitsOf(pair.reference, state))
      expect(difference(lens, rows), `layer ${layer}`).toBeLessThan(bound)
    }
    expect(engine.tokenCount).toBe(contexts.a.length)
  })
})

function apart(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity
  return expected.reduce((most, value, i) => {
    const one = Math.abs(value - actual[i]!)
    return one <= most ? most : Number.isNaN(one) ? Infinity : one
  }, 0)
}
