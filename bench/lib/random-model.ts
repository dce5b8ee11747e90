import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './cache-folder.js'
import { ggufHeader, padded, type TensorEntry } from './gguf-writer.js'
import { CONTROL_TOKENS, randomVocabulary } from './random-vocabulary.js'
import { BLOCK, RandomBlocks, blockTypes } from './random-weights.js'

/** Sizes of a LLaMA with random weights. All are multiples of 32. */
export interface ModelShape {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly keyValueHeads: number
  readonly feedForward: number
  readonly vocabulary: number
  readonly type: keyof typeof blockTypes
}

/** The shapes that the benchmarks use: TinyLlama 1.1B and LLaMA 3.1 8B. */
export const shapes = {
  '1.1B': {
    layers: 22,
    hidden: 2048,
    heads: 32,
    keyValueHeads: 4,
    feedForward: 5632,
    vocabulary: 32000,
    type: 'Q8_0',
  },
  '8B': {
    layers: 32,
    hidden: 4096,
    heads: 32,
    keyValueHeads: 8,
    feedForward: 14336,
    vocabulary: 128256,
    type: 'Q4_0',
  },
} as const satisfies Record<string, ModelShape>

/** Goes up when what is written changes, so that an older file is not reused. */
const VERSION = 1
const F32 = 0

interface RandomTensor extends TensorEntry {
  /** Leading rows that are all zero. */
  readonly zeroRows: number
}

/**
 * Path of a GGUF with random weights of this shape: written at the first call (1.2 GB and 4.7 GB), then reused. It
 * lies in `nir-lab/bench` under `XDG_CACHE_HOME`, or under `~/.cache`. Its end token is never the most probable.
 *
 * @example
 * const engine = await Engine.open({ path: randomModel('1.1B') })
 */
export function randomModel(name: keyof typeof shapes): string {
  const folder = cacheFolder()
  const path = join(folder, `random-${name}-${shapes[name].type}-v${VERSION}.gguf`)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  const partial = `${path}.${process.pid}.part`
  try {
    writeRandomModel(partial, `random ${name}`, shapes[name])
    renameSync(partial, path)
  } finally {
    rmSync(partial, { force: true })
  }
  return path
}

/** Writes a GGUF with seeded random weights of this shape. */
function writeRandomModel(path: string, name: string, shape: ModelShape): void {
  const tensors = tensorsOf(shape)
  const file = openSync(path, 'w')
  try {
    writeAll(file, ggufHeader({ ...metadataOf(name, shape), ...randomVocabulary(shape.vocabulary) }, tensors))
    const blocks = new RandomBlocks(shape.type, 0x9e3779b9)
    for (const tensor of tensors) {
      if (tensor.type === F32) {
        writeAll(file, Buffer.from(new Float32Array(tensor.bytes / 4).fill(1).buffer))
      } else {
        const zeros = (tensor.zeroRows * tensor.bytes) / tensor.dimensions[1]!
        writeAll(file, Buffer.alloc(zeros))
        for (const piece of blocks.take(tensor.bytes - zeros)) writeAll(file, piece)
      }
      writeAll(file, Buffer.alloc(padded(tensor.bytes) - tensor.bytes))
    }
  } finally {
    closeSync(file)
  }
}

function metadataOf(name: string, shape: ModelShape) {
  return {
    'general.architecture': 'llama',
    'general.name': name,
    'llama.block_count': shape.layers,
    'llama.context_length': 8192,
    'llama.embedding_length': shape.hidden,
    'llama.feed_forward_length': shape.feedForward,
    'llama.attention.head_count': shape.heads,
    'llama.attention.head_count_kv': shape.keyValueHeads,
    'llama.attention.layer_norm_rms_epsilon': { float: 1e-5 },
    'llama.rope.dimension_count': shape.hidden / shape.heads,
    'llama.rope.freq_base': { float: 10000 },
    'llama.vocab_size': shape.vocabulary,
  }
}

function tensorsOf(shape: ModelShape): RandomTensor[] {
  const { hidden, feedForward, vocabulary } = shape
  const { type, blockBytes } = blockTypes[shape.type]
  const keyValues = (hidden / shape.heads) * shape.keyValueHeads
  const norm = (name: string): RandomTensor => ({
    name,
    dimensions: [hidden],
    type: F32,
    bytes: 4 * hidden,
    zeroRows: 0,
  })
  const matrix = (name: string, columns: number, rows: number, zeroRows = 0): RandomTensor => ({
    name,
    dimensions: [columns, rows],
    type,
    bytes: (columns / BLOCK) * rows * blockBytes,
    zeroRows,
  })
  const layer = (_: unknown, index: number) => [
    norm(`blk.${index}.attn_norm.weight`),
    matrix(`blk.${index}.attn_q.weight`, hidden, hidden),
    matrix(`blk.${index}.attn_k.weight`, hidden, keyValues),
    matrix(`blk.${index}.attn_v.weight`, hidden, keyValues),
    matrix(`blk.${index}.attn_output.weight`, hidden, hidden),
    norm(`blk.${index}.ffn_norm.weight`),
    matrix(`blk.${index}.ffn_gate.weight`, hidden, feedForward),
    matrix(`blk.${index}.ffn_up.weight`, hidden, feedForward),
    matrix(`blk.${index}.ffn_down.weight`, feedForward, hidden),
  ]
  return [
    matrix('token_embd.weight', hidden, vocabulary),
    ...Array.from({ length: shape.layers }, layer).flat(),
    norm('output_norm.weight'),
    // A logit of 0 is far from the best of thousands: no generation ends early.
    matrix('output.weight', hidden, vocabulary, CONTROL_TOKENS),
  ]
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}
