/** What the GGUF's metadata leaves to its architecture. */
export interface Architecture {
  readonly activation: 'silu' | 'gelu' | 'clamped SwiGLU'
  /** Which two components rotate together: neighbours, or those half a head apart (NeoX). */
  readonly pairs: 'neighbours' | 'halves'
  /** Norms take the mean away and may have a bias. Default: root mean square. */
  readonly layerNorm?: boolean
  /** Token embeddings are multiplied by the square root of the hidden size. */
  readonly scaledEmbedding?: boolean
  /** Tensor of the norm in front of the feed-forward block. Default `ffn_norm`. */
  readonly feedForwardNorm?: string
  readonly window?: {
    /** The last one of so many layers sees all tokens, the others have the window. */
    readonly pattern: number
    /** RoPE base of the layers with a window. Default: the metadata's `rope.freq_base_swa`, else that of the others. */
    readonly ropeBase?: number
    /** Linear scaling is of the other layers only. */
    readonly unscaledRope?: boolean
  }
}

const llama: Architecture = { activation: 'silu', pairs: 'neighbours' }
const qwen: Architecture = { activation: 'silu', pairs: 'halves' }
const gemma: Architecture = { activation: 'gelu', pairs: 'halves', scaledEmbedding: true }

export const architectures: Readonly<Partial<Record<string, Architecture>>> = {
  llama,
  granite: llama,
  qwen2: qwen,
  qwen3: qwen,
  qwen3moe: qwen,
  phi3: qwen,
  olmo2: { ...qwen, window: { pattern: 4, unscaledRope: true } },
  stablelm: { ...qwen, layerNorm: true },
  starcoder2: { ...qwen, activation: 'gelu', layerNorm: true },
  gemma,
  gemma2: { ...gemma, window: { pattern: 2 } },
  gemma3: { ...gemma, window: { pattern: 6, ropeBase: 10_000, unscaledRope: true } },
  'gpt-oss': {
    activation: 'clamped SwiGLU',
    pairs: 'halves',
    feedForwardNorm: 'post_attention_norm',
    window: { pattern: 2 },
  },
}
