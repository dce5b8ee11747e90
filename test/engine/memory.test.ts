import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Llama } from 'node-llama-cpp'
import { readGgufHeader } from '../../src/engine/gguf/read.js'
import { longRopeThreshold } from '../../src/engine/gguf/long-rope.js'
import { checkMemory, estimateMemory, type MemoryPlan } from '../../src/engine/gguf/memory.js'
import { tensorTypes } from '../../src/engine/gguf/types.js'
import { loadAddon } from '../../src/engine/native.js'
import { embeddedModelPath } from '../../src/session/open-model.js'
import { goldenModel } from './golden.js'
import { writeRandomGguf } from './write-gguf.js'

const folder = mkdtempSync(join(tmpdir(), 'nir-memory-'))
const MIB = 2 ** 20
let llama: Llama
let log = ''

beforeAll(async () => {
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp')
  const logger = (_: unknown, message: string) => (log += message)
  llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.debug, logger })
  loadAddon().loadLibrary()
})
afterAll(async () => {
  await llama.dispose()
  rmSync(folder, { recursive: true })
})

/** What llama.cpp says that it allocates, in bytes. */
async function allocated(path: string, plan: MemoryPlan): Promise<Record<'cache' | 'compute', number>> {
  const { cells, rows, outputs, flashAttention } = plan
  const model = await loadAddon().loadModel(path, 0)
  log = ''
  const context = await loadAddon().createContext(model, {
    cells,
    batchSize: rows,
    sequences: outputs,
    threads: 1,
    flashAttention,
    f32Cache: plan.cacheBytes === 4,
  })
  const size = (what: string) => {
    const found = new RegExp(`${what} buffer size *= *([\\d.]+) MiB`).exec(log)?.[1]
    return found === undefined ? undefined : Number(found) * MIB
  }
  await expect.poll(() => size('compute')).toBeDefined()
  context.close()
  model.close()
  return { cache: size('KV')!, compute: size('compute')! + size('output')! }
}

function mixtureOfExperts(): string {
  const path = join(folder, 'moe.gguf')
  const layer = {
    'attn_norm.weight': [128],
    'attn_q.weight': [128, 256],
    'attn_k.weight': [128, 64],
    'attn_v.weight': [128, 64],
    'attn_q_norm.weight': [32],
    'attn_k_norm.weight': [32],
    'attn_output.weight': [256, 128],
    'ffn_norm.weight': [128],
    'ffn_gate_inp.weight': [128, 8],
    'ffn_gate_exps.weight': [128, 96, 8],
    'ffn_up_exps.weight': [128, 96, 8],
    'ffn_down_exps.weight': [96, 128, 8],
  }
  const numbers = {
    block_count: 2,
    context_length: 8192,
    embedding_length: 128,
    vocab_size: 1000,
    feed_forward_length: 384,
    expert_feed_forward_length: 96,
    expert_count: 8,
    expert_used_count: 4,
    'attention.head_count': 8,
    'attention.head_count_kv': 2,
    'attention.key_length': 32,
    'attention.value_length': 32,
    'attention.layer_norm_rms_epsilon': { float: 1e-6 },
  }
  const metadata = Object.fromEntries(
    Object.entries(numbers).map(([key, value]) => [`qwen3moe.${key}`, value]),
  )
  writeRandomGguf(
    path,
    { 'general.architecture': 'qwen3moe', 'tokenizer.ggml.model': 'no_vocab', ...metadata },
    Object.fromEntries([
      ['token_embd.weight', [128, 1000]],
      ['output_norm.weight', [128]],
      ['output.weight', [128, 1000]],
      ...[0, 1].flatMap((index) =>
        Object.entries(layer).map(([name, size]) => [`blk.${index}.${name}`, size] as const),
      ),
    ]),
  )
  return path
}

describe('estimateMemory', () => {
  const common = { rows: 512, outputs: 128 }
  const plans = [
    { ...common, cells: 4096, cacheBytes: 2, flashAttention: true },
    { ...common, cells: 4096, cacheBytes: 4, flashAttention: false },
    { ...common, cells: 16384, cacheBytes: 4, flashAttention: true },
    { ...common, cells: 256, cacheBytes: 2, flashAttention: true },
  ]
  it.each([
    ['the embedded model', embeddedModelPath],
    ['the golden model', () => goldenModel],
    ['a mixture of experts', mixtureOfExperts],
  ])(
    "knows the cache of %s exactly, and what it computes in within a tenth of llama.cpp's",
    async (_, path) => {
      const header = await readGgufHeader(path())
      for (const plan of plans) {
        const estimate = estimateMemory(header, plan)
        const real = await allocated(path(), plan)
        const label = `${JSON.stringify(plan)}: ${estimate.compute / MIB} MiB, really ${real.compute / MIB} MiB`
        // The log rounds to hundredths of a MiB.
        expect(Math.abs(estimate.cache - real.cache), label).toBeLessThan(0.006 * MIB)
        // Small inputs (positions, indices) are left out.
        expect(estimate.compute, label).toBeGreaterThan(0.98 * real.compute - 0.05 * MIB)
        expect(estimate.compute, label).toBeLessThan(1.1 * real.compute)
        expect(estimate.total).toBe(estimate.weights + estimate.cache + estimate.compute)
      }
    },
  )

  it('counts the weights as the tensors are, but for padding', async () => {
    const header = await readGgufHeader(embeddedModelPath())
    const bytes = header.tensors.map(({ dimensions, type }) => {
      const [elements, size] = tensorTypes.get(type)!
      return (dimensions.reduce((a, b) => a * b, 1) / elements) * size
    })
    const sum = bytes.reduce((a, b) => a + b, 0)
    const { weights } = estimateMemory(header, plans[0]!)
    expect(weights).toBeGreaterThanOrEqual(sum)
    expect(weights).toBeLessThan(sum + 32 * bytes.length)
  })
})

describe('checkMemory', () => {
  const estimate = { weights: 4.5e9, cache: 2e9, compute: 5e8, total: 7e9 }

  it('passes what fits', () => {
    expect(() => checkMemory('a.gguf', estimate, 7e9)).not.toThrow()
  })

  it('refuses with the numbers, and says what to do', () => {
    expect(() => checkMemory('a.gguf', estimate, 6e9)).toThrow(
      expect.objectContaining({
        name: 'ModelError',
        code: 'MODEL_TOO_LARGE',
        message: expect.stringMatching(
          /'a.gguf' needs 7\.0 GB \(weights 4\.5 GB, cache 2\.0 GB, computing 500\.0 MB\); 6\.0 GB are free\. .*quantised/,
        ) as string,
      }),
    )
  })
})

describe('longRopeThreshold', () => {
  const write = (metadata: Record<string, number>, tensors: Record<string, number[]>): string => {
    const path = join(folder, 'rope.gguf')
    writeRandomGguf(path, { 'general.architecture': 'phi3', ...metadata }, tensors)
    return path
  }
  const factors = { 'rope_factors_long.weight': [16], 'rope_factors_short.weight': [16] }

  it('is the original context length where there are two sets of factors', async () => {
    const lengths = { 'phi3.context_length': 131072, 'phi3.rope.scaling.original_context_length': 4096 }
    expect(longRopeThreshold(await readGgufHeader(write(lengths, factors)))).toBe(4096)
    expect(longRopeThreshold(await readGgufHeader(write({ 'phi3.context_length': 8192 }, factors)))).toBe(
      8192,
    )
  })

  it('is null where there is one set or none', async () => {
    expect(longRopeThreshold(await readGgufHeader(goldenModel))).toBeNull()
    expect(longRopeThreshold(await readGgufHeader(write({}, { 'rope_freqs.weight': [16] })))).toBeNull()
  })
})
