import { architectures, type Architecture } from './architectures.js'
import { layerWeights, normOf, type Heads, type LayerWeights } from './layer-weights.js'
import type { Matrix, Norm } from './numbers.js'
import { Weights } from './weights.js'

/** How positions rotate queries and keys. */
export interface Rope {
  readonly base: number
  /** Positions are multiplied by it (linear scaling). */
  readonly scale: number
  readonly pairs: Architecture['pairs']
  /** Components of a head that rotate, from the first one on; the others stay. */
  readonly dimensions: number
  readonly factors: Float64Array | undefined
}

/** A decoder-only transformer in float64. */
export interface ReferenceModel extends Heads {
  readonly layers: readonly LayerWeights[]
  readonly embedding: Matrix
  readonly embeddingScale: number
  readonly outputNorm: Norm
  readonly head: Matrix
  readonly hiddenSize: number
  readonly expertsUsed: number
  /** How little decided between two experts so far, at the closest: the difference of their router's logits. */
  readonly routing: { closest: number }
  readonly activation: Architecture['activation']
  /** Scores are multiplied by it. */
  readonly attentionScale: number
  /** What attention and the feed-forward block add to the hidden state is multiplied by it. */
  readonly residualScale: number
  /** Logits are divided by it. */
  readonly logitScale: number
  /** Largest score and logit: x becomes `cap · tanh(x / cap)`. */
  readonly attentionCap: number | undefined
  readonly logitCap: number | undefined
  readonly rope: Rope
  /** The layers with a window: how many tokens they see, the own one among them, and how they rotate. */
  readonly window: { readonly size: number; readonly rope: Rope } | undefined
}

/** Reads a small GGUF. Throws at what this reference does not know. */
export async function loadReference(path: string): Promise<ReferenceModel> {
  const weights = await Weights.read(path)
  const kind = architectures[weights.architecture]
  if (!kind) throw new Error(`no reference for '${weights.architecture}'`)
  if (weights.has('rope.scaling.type') && weights.number('rope.scaling.factor', 1) !== 1)
    throw new Error('RoPE scaling')
  const hiddenSize = weights.number('embedding_length')
  const headCount = weights.number('attention.head_count')
  const headSize = weights.number('attention.key_length', hiddenSize / headCount)
  const heads = {
    headCount,
    headSize,
    keyValueHeadCount: weights.number('attention.head_count_kv', headCount),
  }
  const optional = (key: string) => (weights.has(key) ? weights.number(key) : undefined)
  const embedding = weights.matrix('token_embd.weight')
  const rope: Rope = {
    base: weights.number('rope.freq_base', 10000),
    scale: 1 / weights.number('rope.scale_linear', 1),
    pairs: kind.pairs,
    dimensions: weights.number('rope.dimension_count', headSize),
    factors: weights.optional('rope_freqs.weight'),
  }
  return {
    layers: Array.from({ length: weights.number('block_count') }, (_, layer) =>
      layerWeights(weights, layer, kind, heads),
    ),
    embedding,
    embeddingScale: kind.scaledEmbedding ? Math.sqrt(hiddenSize) : weights.number('embedding_scale', 1),
    outputNorm: normOf(weights, kind, 'output_norm')!,
    head: weights.optional('output.weight') ? weights.matrix('output.weight') : embedding,
    hiddenSize,
    ...heads,
    expertsUsed: weights.number('expert_used_count', 0),
    routing: { closest: Infinity },
    activation: kind.activation,
    attentionScale: weights.number('attention.scale', 1 / Math.sqrt(headSize)),
    residualScale: weights.number('residual_scale', 1),
    logitScale: weights.number('logit_scale', 1),
    attentionCap: optional('attn_logit_softcapping'),
    logitCap: optional('final_logit_softcapping'),
    rope,
    window:
      weights.has('attention.sliding_window') && kind.window
        ? {
            size: weights.number('attention.sliding_window'),
            rope: {
              ...rope,
              base: weights.number('rope.freq_base_swa', kind.window.ropeBase ?? rope.base),
              scale: kind.window.unscaledRope ? 1 : rope.scale,
            },
          }
        : undefined,
  }
}
