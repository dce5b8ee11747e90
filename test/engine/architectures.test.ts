import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/index.js'
import { difference } from './reference/difference.js'
import { armOf, interventionsOf, pairOf } from './reference/compare.js'
import { generateReference } from './reference/nir.js'
import { chosenRecipes, prompt } from './reference/recipes.js'
import { tinyModels, writeTinyModel, type TinyModelName } from './reference/tiny-models.js'
import { writeRandomGguf, type Metadata } from './write-gguf.js'

const folder = mkdtempSync(join(tmpdir(), 'nir-architectures-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const LAYERS = 3

function write(
  architecture: string,
  metadata: Metadata,
  perLayer: Readonly<Record<string, readonly number[]>>,
  others: Readonly<Record<string, readonly number[]>> = { 'output_norm.weight': [32] },
): string {
  const path = join(folder, `${architecture}.gguf`)
  const own = Object.fromEntries(
    Object.entries({
      block_count: LAYERS,
      context_length: 512,
      embedding_length: 32,
      vocab_size: 64,
      ...metadata,
    }).map(([key, value]) => [`${architecture}.${key}`, value]),
  )
  const layers = Array.from({ length: LAYERS }, (_, layer) =>
    Object.entries(perLayer).map(([name, size]) => [`blk.${layer}.${name}`, size] as const),
  )
  writeRandomGguf(
    path,
    { 'general.architecture': architecture, 'tokenizer.ggml.model': 'no_vocab', ...own },
    {
      'token_embd.weight': [32, 64],
      ...Object.fromEntries(layers.flat()),
      ...others,
    },
  )
  return path
}

const attention = {
  feed_forward_length: 64,
  'attention.head_count': 2,
  'attention.layer_norm_rms_epsilon': { float: 1e-6 },
}
const transformer = {
  'attn_norm.weight': [32],
  'attn_q.weight': [32, 32],
  'attn_k.weight': [32, 32],
  'attn_v.weight': [32, 32],
  'attn_output.weight': [32, 32],
  'ffn_norm.weight': [32],
  'ffn_gate.weight': [32, 64],
  'ffn_up.weight': [32, 64],
  'ffn_down.weight': [64, 32],
}

/** As T5 has them. */
const encoder = Object.fromEntries(
  Array.from({ length: LAYERS }, (_, layer) =>
    Object.entries({
      'attn_norm.weight': [32],
      'attn_q.weight': [32, 32],
      'attn_k.weight': [32, 32],
      'attn_v.weight': [32, 32],
      'attn_o.weight': [32, 32],
      'attn_rel_b.weight': [2, 8],
      'ffn_norm.weight': [32],
      'ffn_up.weight': [32, 64],
      'ffn_down.weight': [64, 32],
    }).map(([name, size]) => [`enc.blk.${layer}.${name}`, size] as const),
  ).flat(),
)

/** Router logits closer than this may change places in F16: hidden states then differ by up to 0.007 here. */
const CLOSE_ROUTING = 0.01

const names = Object.keys(tinyModels) as TinyModelName[]

describe.each(names)('%s, with flash attention and an F16 cache', (name) => {
  it('captures, and makes the first token of every arm, as the float64 reference does, within F16', async () => {
    const path = writeTinyModel(folder, name)
    const engine = await Engine.open({ path, gpu: false, threads: 1, flashAttention: true })
    const pair = await pairOf(engine)
    const { engine: crv, reference: expectedCrv } = pair.captured.a
    expect(crv.layers).toHaveLength(expectedCrv.layers.length)
    for (const layer of crv.layers)
      expect(difference(crv.at(layer), expectedCrv.layers[layer]!), `layer ${layer}`).toBeLessThan(0.02)
    const { layerCount, hiddenSize } = engine.model
    const recipes = chosenRecipes(layerCount, hiddenSize)
    const arms = recipes.map((recipe) => armOf(pair, recipe))
    const generations = await engine.generateArms(prompt, arms, { maxTokens: 1, logits: true })
    let compared = 0
    for (const [i, recipe] of recipes.entries()) {
      const { routing } = pair.reference
      routing.closest = Infinity
      const expected = generateReference(pair.reference, prompt, interventionsOf(pair, recipe), 1)
      // Where two experts are as good as each other, rounding to F16 chooses between them, on each processor its own way.
      if (routing.closest < CLOSE_ROUTING) continue
      expect.soft(difference(generations[i]!.logits!, expected.logits), recipe.name).toBeLessThan(0.02)
      compared++
    }
    expect(compared).toBeGreaterThan(recipes.length / 2)
    await engine.close()
  })
})

describe('architectures that cannot work', () => {
  it.each(['gpt2', 'starcoder'])(
    'refuses learned positions, which are not relative, with the reason: %s',
    async (name) => {
      const metadata = { ...attention, 'attention.layer_norm_epsilon': { float: 1e-5 } }
      const path = write(
        name,
        metadata,
        {
          'attn_norm.weight': [32],
          'attn_norm.bias': [32],
          'attn_qkv.weight': [32, 96],
          'attn_qkv.bias': [96],
          'attn_output.weight': [32, 32],
          'attn_output.bias': [32],
          'ffn_norm.weight': [32],
          'ffn_norm.bias': [32],
          'ffn_up.weight': [32, 64],
          'ffn_up.bias': [64],
          'ffn_down.weight': [64, 32],
          'ffn_down.bias': [32],
        },
        {
          'position_embd.weight': [32, 512],
          'output_norm.weight': [32],
          'output_norm.bias': [32],
          'output.weight': [32, 64],
        },
      )
      await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({
        code: 'UNSUPPORTED_ARCHITECTURE',
        message: expect.stringContaining('rotary') as string,
      })
    },
  )

  it('refuses layers that take the embeddings beside the hidden state (Talkie), with the reason', async () => {
    const { 'attn_norm.weight': _, 'ffn_norm.weight': __, ...matrices } = transformer
    const path = write(
      'talkie',
      { ...attention, logit_scale: { float: 1 } },
      { ...matrices, 'attn_q_norm.weight': [1, 2], 'layer_output_scale.weight': [1] },
      { 'output.weight': [32, 64] },
    )
    await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({
      code: 'UNSUPPORTED_ARCHITECTURE',
      message: expect.stringContaining('more than the hidden state') as string,
    })
  })

  // As in Gemma 4 and DeepSeek 4, whose files need arrays in their metadata; LLaMA's own layers ignore these keys.
  it.each([
    ['embedding_length_per_layer_input', 'more than the hidden state'],
    ['hyper_connection.count', 'more than the hidden state'],
    ['attention.shared_kv_layers', 'no keys and values of their own'],
  ])('refuses a model whose metadata has %s, with the reason', async (key, reason) => {
    const rope = { 'rope.dimension_count': 16 }
    const open = (value: number) =>
      Engine.open({ path: write('llama', { ...attention, ...rope, [key]: value }, transformer), gpu: false })
    await expect(open(2)).rejects.toMatchObject({
      code: 'UNSUPPORTED_ARCHITECTURE',
      message: expect.stringContaining(reason) as string,
    })
    await (await open(0)).close()
  })

  it('refuses a model that runs its layers more than once (Nanbeige), with the reason', async () => {
    const open = (loops: number) =>
      Engine.open({ path: write('nanbeige', { ...attention, num_loops: loops }, transformer), gpu: false })
    await expect(open(2)).rejects.toMatchObject({
      code: 'UNSUPPORTED_ARCHITECTURE',
      message: expect.stringContaining('more than once') as string,
    })
    await (await open(1)).close()
  })

  it('refuses a recurrent model, with the reason', async () => {
    const metadata = {
      'attention.layer_norm_rms_epsilon': { float: 1e-5 },
      'ssm.conv_kernel': 4,
      'ssm.inner_size': 64,
      'ssm.state_size': 8,
      'ssm.time_step_rank': 2,
    }
    const path = write('mamba', metadata, {
      'attn_norm.weight': [32],
      'ssm_in.weight': [32, 128],
      'ssm_conv1d.weight': [4, 64],
      'ssm_conv1d.bias': [64],
      'ssm_x.weight': [64, 18],
      'ssm_dt.weight': [2, 64],
      'ssm_dt.bias': [64],
      ssm_a: [8, 64],
      ssm_d: [64],
      'ssm_out.weight': [64, 32],
    })
    await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({
      code: 'UNSUPPORTED_ARCHITECTURE',
      message: expect.stringContaining('recurrent') as string,
    })
  })

  it('refuses a hybrid model, with the reason', async () => {
    const path = write(
      'lfm2',
      { ...attention, 'shortconv.l_cache': 3 },
      { ...transformer, 'attn_q_norm.weight': [16], 'attn_k_norm.weight': [16] },
      { 'token_embd_norm.weight': [32] },
    )
    await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({
      code: 'UNSUPPORTED_ARCHITECTURE',
      message: expect.stringContaining('recurrent layers') as string,
    })
  })

  it('refuses an encoder, with the reason', async () => {
    const path = write(
      't5encoder',
      { ...attention, 'attention.relative_buckets_count': 8 },
      {},
      { 'enc.output_norm.weight': [32], ...encoder },
    )
    await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({
      code: 'UNSUPPORTED_ARCHITECTURE',
      message: expect.stringContaining('encoder') as string,
    })
  })

  it('an architecture that llama.cpp does not know is a ModelError', async () => {
    const path = write('nosuch', attention, transformer)
    await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  })
})
