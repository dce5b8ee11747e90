import { join } from 'node:path'
import { writeRandomGguf, type MatrixType, type Metadata } from '../write-gguf.js'

const LAYERS = 4
const HIDDEN = 32
const VOCABULARY = 64
const FEED_FORWARD = 48
const EXPERTS = 4
/** Two query heads share one key-value head: four heads of 8, keys and values of two. */
const HEADS = 4
const KEY_VALUES = 16

type Sizes = Readonly<Record<string, readonly number[]>>

interface TinyModel {
  readonly architecture: string
  /** Default 4. */
  readonly layers?: number
  readonly metadata?: Metadata
  readonly layer: Sizes
  readonly others?: Sizes
}

const norms: Sizes = { 'attn_norm.weight': [HIDDEN], 'ffn_norm.weight': [HIDDEN] }

const attention: Sizes = {
  'attn_q.weight': [HIDDEN, HIDDEN],
  'attn_k.weight': [HIDDEN, KEY_VALUES],
  'attn_v.weight': [HIDDEN, KEY_VALUES],
  'attn_output.weight': [HIDDEN, HIDDEN],
}
const biases: Sizes = { 'attn_q.bias': [HIDDEN], 'attn_k.bias': [KEY_VALUES], 'attn_v.bias': [KEY_VALUES] }
/** Heads of 12, so that they do not make up the hidden size. */
const wideAttention: Sizes = {
  'attn_q.weight': [HIDDEN, 48],
  'attn_k.weight': [HIDDEN, 24],
  'attn_v.weight': [HIDDEN, 24],
  'attn_output.weight': [48, HIDDEN],
}
const wide: Metadata = { 'attention.key_length': 12, 'attention.value_length': 12 }
const headNorms: Sizes = { 'attn_q_norm.weight': [12], 'attn_k_norm.weight': [12] }

const feedForward: Sizes = {
  'ffn_gate.weight': [HIDDEN, FEED_FORWARD],
  'ffn_up.weight': [HIDDEN, FEED_FORWARD],
  'ffn_down.weight': [FEED_FORWARD, HIDDEN],
}
const experts: Sizes = {
  'ffn_gate_inp.weight': [HIDDEN, EXPERTS],
  'ffn_gate_exps.weight': [HIDDEN, FEED_FORWARD, EXPERTS],
  'ffn_up_exps.weight': [HIDDEN, FEED_FORWARD, EXPERTS],
  'ffn_down_exps.weight': [FEED_FORWARD, HIDDEN, EXPERTS],
}
const expertCounts: Metadata = { expert_count: EXPERTS, expert_used_count: 2 }

const phi3: Sizes = {
  ...norms,
  'attn_qkv.weight': [HIDDEN, HIDDEN + 2 * KEY_VALUES],
  'attn_output.weight': [HIDDEN, HIDDEN],
  'ffn_up.weight': [HIDDEN, 2 * FEED_FORWARD],
  'ffn_down.weight': [FEED_FORWARD, HIDDEN],
}

const layerNorms: Sizes = { ...norms, 'attn_norm.bias': [HIDDEN], 'ffn_norm.bias': [HIDDEN] }
const layerNormEpsilon: Metadata = { 'attention.layer_norm_epsilon': { float: 1e-5 } }
const postNorms: Sizes = { 'post_attention_norm.weight': [HIDDEN], 'post_ffw_norm.weight': [HIDDEN] }

/** Tokens that layers with a window see: arms with injections may be as long. */
export const WINDOW = 64
const windowed: Metadata = { 'attention.sliding_window': WINDOW }

const head: Sizes = { 'output.weight': [HIDDEN, VOCABULARY] }

/** Norms of all heads together, and of what blocks add. */
const olmo2: Sizes = {
  ...attention,
  'attn_q_norm.weight': [HIDDEN],
  'attn_k_norm.weight': [KEY_VALUES],
  ...postNorms,
  ...feedForward,
}

/** Small random models of the architectures that work. */
export const tinyModels = {
  'LLaMA, own RoPE frequencies': {
    architecture: 'llama',
    metadata: { 'rope.freq_base': { float: 500_000 } },
    layer: { ...norms, ...attention, ...feedForward },
    others: { ...head, 'rope_freqs.weight': [HIDDEN / HEADS / 2] },
  },
  'LLaMA, linear RoPE scaling': {
    architecture: 'llama',
    metadata: { 'rope.scale_linear': { float: 4 } },
    layer: { ...norms, ...attention, ...feedForward },
    others: head,
  },
  'Mixtral, a mixture of experts': {
    architecture: 'llama',
    metadata: expertCounts,
    layer: { ...norms, ...attention, ...experts },
    others: head,
  },
  Qwen2: {
    architecture: 'qwen2',
    layer: { ...norms, ...attention, ...biases, ...feedForward },
    others: head,
  },
  Qwen3: {
    architecture: 'qwen3',
    metadata: wide,
    layer: { ...norms, ...wideAttention, ...headNorms, ...feedForward },
  },
  'Qwen3, a mixture of experts': {
    architecture: 'qwen3moe',
    metadata: { ...wide, ...expertCounts, expert_feed_forward_length: FEED_FORWARD },
    layer: { ...norms, ...wideAttention, ...headNorms, ...experts },
    others: head,
  },
  Gemma: {
    architecture: 'gemma',
    metadata: wide,
    layer: { ...norms, ...wideAttention, ...feedForward },
  },
  'Gemma 2, windows and soft-capping': {
    architecture: 'gemma2',
    metadata: {
      ...wide,
      ...windowed,
      attn_logit_softcapping: { float: 2 },
      final_logit_softcapping: { float: 5 },
      'rope.scale_linear': { float: 2 },
    },
    layer: { ...norms, ...postNorms, ...wideAttention, ...feedForward },
  },
  'Gemma 3, windows with RoPE of their own': {
    architecture: 'gemma3',
    layers: 7,
    metadata: {
      ...wide,
      ...windowed,
      'rope.freq_base': { float: 1_000_000 },
      'rope.scale_linear': { float: 8 },
    },
    layer: { ...norms, ...postNorms, ...wideAttention, ...headNorms, ...feedForward },
  },
  'gpt-oss, windows, sinks and experts with biases': {
    architecture: 'gpt-oss',
    metadata: { ...expertCounts, ...windowed, expert_feed_forward_length: FEED_FORWARD },
    layer: {
      'attn_norm.weight': [HIDDEN],
      'post_attention_norm.weight': [HIDDEN],
      ...attention,
      ...biases,
      'attn_output.bias': [HIDDEN],
      'attn_sinks.weight': [HEADS],
      ...experts,
      'ffn_gate_inp.bias': [EXPERTS],
      'ffn_gate_exps.bias': [FEED_FORWARD, EXPERTS],
      'ffn_up_exps.bias': [FEED_FORWARD, EXPERTS],
      'ffn_down_exps.bias': [HIDDEN, EXPERTS],
    },
    others: head,
  },
  'OLMo 2, no norms in front of blocks': {
    architecture: 'olmo2',
    layer: olmo2,
    others: head,
  },
  'OLMo 3, windows as well': {
    architecture: 'olmo2',
    metadata: { ...windowed, 'rope.scale_linear': { float: 4 } },
    layer: olmo2,
    others: head,
  },
  'Granite, multipliers': {
    architecture: 'granite',
    metadata: {
      embedding_scale: { float: 3 },
      residual_scale: { float: 0.4 },
      logit_scale: { float: 1.5 },
      'attention.scale': { float: 0.2 },
    },
    layer: { ...norms, ...attention, ...feedForward },
    others: head,
  },
  'StableLM, a part of each head rotates': {
    architecture: 'stablelm',
    metadata: { ...layerNormEpsilon, 'rope.dimension_count': 4 },
    layer: { ...layerNorms, ...attention, ...biases, ...feedForward },
    others: { ...head, 'output_norm.bias': [HIDDEN] },
  },
  'StarCoder 2, biases and no gates': {
    architecture: 'starcoder2',
    metadata: layerNormEpsilon,
    layer: {
      ...layerNorms,
      ...attention,
      ...biases,
      'attn_output.bias': [HIDDEN],
      'ffn_up.weight': [HIDDEN, FEED_FORWARD],
      'ffn_up.bias': [FEED_FORWARD],
      'ffn_down.weight': [FEED_FORWARD, HIDDEN],
      'ffn_down.bias': [HIDDEN],
    },
    others: { 'output_norm.bias': [HIDDEN] },
  },
  'Phi 3': { architecture: 'phi3', layer: phi3, others: head },
} as const satisfies Record<string, TinyModel>

export type TinyModelName = keyof typeof tinyModels

/** Two sets of RoPE factors, the short one for texts up to `originalContext` tokens. */
export function longRopeModel(originalContext: number): TinyModel {
  const factors = [HIDDEN / HEADS / 2]
  return {
    ...tinyModels['Phi 3'],
    metadata: { context_length: 131_072, 'rope.scaling.original_context_length': originalContext },
    others: { ...head, 'rope_factors_long.weight': factors, 'rope_factors_short.weight': factors },
  }
}

/** A LLaMA whose rows are multiples of 32, the block size of quantised types. */
export const quantisableModel: TinyModel = {
  architecture: 'llama',
  metadata: { feed_forward_length: 64 },
  layer: {
    ...norms,
    ...attention,
    'ffn_gate.weight': [HIDDEN, 64],
    'ffn_up.weight': [HIDDEN, 64],
    'ffn_down.weight': [64, HIDDEN],
  },
  others: head,
}

/** Writes one of {@link tinyModels} into `folder`. Returns its path. */
export function writeTinyModel(folder: string, name: TinyModelName): string {
  const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.gguf`)
  writeModel(path, tinyModels[name])
  return path
}

/** @param type - of the matrices. */
export function writeModel(path: string, model: TinyModel, type: MatrixType = 'F32'): void {
  const { architecture, layers: layerCount = LAYERS, metadata = {}, layer, others = {} } = model
  const own: Metadata = {
    block_count: layerCount,
    context_length: 512,
    embedding_length: HIDDEN,
    vocab_size: VOCABULARY,
    feed_forward_length: FEED_FORWARD,
    'attention.head_count': HEADS,
    'attention.head_count_kv': 2,
    'attention.layer_norm_rms_epsilon': { float: 1e-6 },
    ...metadata,
  }
  const layers = Array.from({ length: layerCount }, (_, index) =>
    Object.entries(layer).map(([tensor, size]) => [`blk.${index}.${tensor}`, size] as const),
  )
  writeRandomGguf(
    path,
    {
      'general.architecture': architecture,
      'tokenizer.ggml.model': 'no_vocab',
      ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${architecture}.${key}`, value])),
    },
    {
      'token_embd.weight': [HIDDEN, VOCABULARY],
      'output_norm.weight': [HIDDEN],
      ...Object.fromEntries(layers.flat()),
      ...others,
    },
    { spread: 1, type },
  )
}
