import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/index.js'
import { difference } from './reference/difference.js'
import { loadReference } from './reference/model.js'
import { captureReference, generateReference } from './reference/nir.js'
import { contexts, prompt } from './reference/recipes.js'
import { longRopeModel, writeModel } from './reference/tiny-models.js'
import { Weights } from './reference/weights.js'

const folder = mkdtempSync(join(tmpdir(), 'nir-long-rope-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Between the smallest cache (4096 cells) and the grown one, so that llama.cpp alone would change its factors. */
const THRESHOLD = 5000

describe.each([
  ['short', THRESHOLD],
  ['long', THRESHOLD + 1],
] as const)('LongRoPE: the %s factors of a session of %i tokens', (set, contextSize) => {
  it('are those of captures, injections and arms, in a small cache and in a grown one', async () => {
    const path = join(folder, `${set}.gguf`)
    writeModel(path, longRopeModel(THRESHOLD))
    const plain = await loadReference(path)
    const factors = (await Weights.read(path)).vector(`rope_factors_${set}.weight`)
    const reference = { ...plain, rope: { ...plain.rope, factors } }
    const settings = { gpu: false, threads: 1, flashAttention: false, cacheType: 'f32' } as const
    const engine = await Engine.open({ path, contextSize, ...settings })

    const compare = async (label: string) => {
      const crv = await engine.capture(contexts.a)
      const expectedCrv = captureReference(reference, contexts.a)
      for (const layer of crv.layers)
        expect(difference(crv.at(layer), expectedCrv.layers[layer]!), `${label} ${layer}`).toBeLessThan(5e-5)
      const injections = [{ crv, layer: 1 }]
      const generation = await engine.generate(prompt, { injections, maxTokens: 3, logits: true })
      const expected = generateReference(
        reference,
        prompt,
        { injections: [{ crv: expectedCrv, layer: 1 }] },
        3,
      )
      expect(difference(generation.logits!, expected.logits), label).toBeLessThan(5e-5)
    }
    await compare('small')
    const text = Array.from({ length: 1500 }, (_, i) => (i * 7) % 64)
    let mostCells = 0
    const watch = setInterval(() => (mostCells = Math.max(mostCells, engine.usage.cells)), 1)
    await Promise.all(Array.from({ length: 5 }, () => engine.capture(text, { layers: [0] })))
    clearInterval(watch)
    expect(mostCells, 'cells in use').toBeGreaterThan(THRESHOLD)
    await compare('grown')
    await engine.close()
  })
})
