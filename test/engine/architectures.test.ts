import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Engine } from '../../src/engine/index.js'
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
  others: Readonly<Record<string, readonly number[]>> = {},
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
      'output_norm.weight': [32],
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

describe('architectures', () => {
  it('Qwen2: sees every layer, and an injection changes the logits', async () => {
    const bias = { 'attn_q.bias': [32], 'attn_k.bias': [32], 'attn_v.bias': [32] }
    const engine = await Engine.open({
      path: write('qwen2', attention, { ...transformer, ...bias }),
      gpu: false,
    })
    const crv = await engine.capture([1, 2, 3, 4, 5])
    expect(crv.layers).toEqual([0, 1, 2])
    const arms = [
      { name: 'original' },
      ...crv.layers.map((layer) => ({ name: `${layer}`, injections: [{ crv, layer }] })),
    ]
    const generations = await engine.generateArms([6, 7, 8], arms, { maxTokens: 1, logits: true })
    const firsts = generations.map(({ logits }) => logits![0])
    expect(new Set(firsts).size).toBe(4)
    await engine.close()
  })

  it('refuses sliding-window attention, with the reason', async () => {
    const gemma = {
      ...attention,
      'attention.sliding_window': 128,
      'attention.key_length': 16,
      'attention.value_length': 16,
    }
    const post = { 'post_attention_norm.weight': [32], 'post_ffw_norm.weight': [32] }
    const path = write('gemma2', gemma, { ...transformer, ...post })
    await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({
      name: 'ModelError',
      code: 'UNSUPPORTED_ARCHITECTURE',
      message: expect.stringContaining('sliding-window') as string,
    })
  })

  it('refuses learned positions, which are not relative, with the reason', async () => {
    const gpt2 = { ...attention, 'attention.layer_norm_epsilon': { float: 1e-5 } }
    const path = write(
      'gpt2',
      gpt2,
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
      { 'position_embd.weight': [32, 512], 'output_norm.bias': [32], 'output.weight': [32, 64] },
    )
    await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({
      code: 'UNSUPPORTED_ARCHITECTURE',
      message: expect.stringContaining('rotary') as string,
    })
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

  it('an architecture that llama.cpp does not know is a ModelError', async () => {
    const path = write('nosuch', attention, transformer)
    await expect(Engine.open({ path, gpu: false })).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  })
})
