import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Engine } from '../../../src/engine/index.js'
import { boundOf } from './compare.js'
import { difference } from './difference.js'
import type { ReferenceCrv } from './interventions.js'
import { loadReference, type ReferenceModel } from './model.js'
import { captureReference, generateReference } from './nir.js'
import { prompt, seeded, vectorOf } from './recipes.js'
import { WINDOW, writeTinyModel, type TinyModelName } from './tiny-models.js'

const folder = mkdtempSync(join(tmpdir(), 'nir-windows-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const random = seeded(4)
const text = (length: number) => Array.from({ length }, () => Math.floor(random() * 64))
const long = text(WINDOW + 20)
const context = text(40)

const dense: TinyModelName[] = [
  'Gemma 2, windows and soft-capping',
  'Gemma 3, windows with RoPE of their own',
  'OLMo 3, windows as well',
]
/** In half precision a token of a long text falls to another expert, and then differs altogether. */
const experts: TinyModelName = 'gpt-oss, windows, sinks and experts with biases'

const exact = { flashAttention: false, cacheType: 'f32' } as const
const half = { flashAttention: true, cacheType: 'f16' } as const

describe.each([
  ...[...dense, experts].map((name) => ({ name, settings: exact, bound: boundOf(name) })),
  ...dense.map((name) => ({ name, settings: half, bound: 0.02 })),
])('$name, bound $bound', ({ name, settings, bound }) => {
  let engine: Engine
  let reference: ReferenceModel
  let crv: ReferenceCrv

  beforeAll(async () => {
    const path = writeTinyModel(folder, name)
    engine = await Engine.open({ path, gpu: false, threads: 1, ...settings })
    reference = await loadReference(path)
    crv = captureReference(reference, context)
  })
  afterAll(() => engine.close())

  it('a text longer than the window: what is captured, generated and steered', async () => {
    const captured = await engine.capture(long)
    const expected = captureReference(reference, long)
    for (const layer of captured.layers)
      expect(difference(captured.at(layer), expected.layers[layer]!), `layer ${layer}`).toBeLessThan(bound)
    const steering = [{ vector: vectorOf(seeded(5), engine.model.hiddenSize), layer: 1 }]
    const arms = [{ name: 'plain' }, { name: 'steered', steering }]
    const generations = await engine.generateArms(long, arms, { maxTokens: 1, logits: true })
    const wide = { ...reference, window: { ...reference.window!, size: Infinity } }
    for (const [i, arm] of arms.entries()) {
      const { logits } = generateReference(reference, long, arm, 1)
      expect(difference(generations[i]!.logits!, logits), arm.name).toBeLessThan(bound)
      expect(
        difference(generations[i]!.logits!, generateReference(wide, long, arm, 1).logits),
      ).toBeGreaterThan(0.1)
    }
  })

  it('an injection whose last token is the last that the window takes', async () => {
    const engineCrv = await engine.capture(context)
    const own = [...prompt, ...text(WINDOW - context.length - prompt.length - 1)]
    for (const [layer, from] of [
      [2, 2],
      [1, 3],
    ]) {
      const generation = await engine.generate(own, {
        injections: [{ crv: engineCrv, layer: layer!, from }],
        maxTokens: 1,
        logits: true,
      })
      const injections = [{ crv, layer: layer!, from }]
      const { logits } = generateReference(reference, own, { injections }, 1)
      expect(difference(generation.logits!, logits), `from ${from} to ${layer}`).toBeLessThan(bound)
    }
    const injections = [{ crv: engineCrv, layer: 2 }]
    await expect(engine.generate([...own, 1], { injections, maxTokens: 1 })).rejects.toMatchObject({
      code: 'SLIDING_WINDOW',
    })
  })
})
