import type { Architecture } from './architectures.js'
import type { Linear, Matrix, Norm } from './numbers.js'
import type { Weights } from './weights.js'

/** A fully connected block, with a gate: `down · (activation(gate · x) ⊙ (up · x))`, or without. */
export interface FeedForward {
  readonly gate: Linear | undefined
  readonly up: Linear
  readonly down: Linear
}

/** The weights of a decoder layer; fused matrices are taken apart. */
export interface LayerWeights {
  readonly attentionNorm: Norm | undefined
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly output: Linear
  /** Before RoPE: of each head, or as long as all heads together. */
  readonly queryNorm: Norm | undefined
  readonly keyNorm: Norm | undefined
  /** One a head: a further score, whose share of the attention goes nowhere. */
  readonly sinks: Float64Array | undefined
  /** Of what attention adds to the hidden state. */
  readonly attentionPostNorm: Norm | undefined
  readonly feedForwardNorm: Norm | undefined
  readonly feedForwardPostNorm: Norm | undefined
  /** One block, or the experts. */
  readonly feedForwards: readonly FeedForward[]
  /** Mixture of experts: one row an expert. */
  readonly router: Linear | undefined
  /** Does attention see the last tokens only? */
  readonly isWindowed: boolean
}

/** Sizes that a layer's fused matrices are taken apart by. */
export interface Heads {
  readonly headCount: number
  readonly keyValueHeadCount: number
  readonly headSize: number
}

export function layerWeights(
  weights: Weights,
  layer: number,
  kind: Architecture,
  heads: Heads,
): LayerWeights {
  const prefix = `blk.${layer}.`
  const norm = (name: string) => normOf(weights, kind, prefix + name)
  const { feedForwardNorm = 'ffn_norm', window } = kind
  return {
    attentionNorm: norm('attn_norm'),
    ...attentionMatrices(weights, prefix, heads),
    output: linear(weights, `${prefix}attn_output`),
    queryNorm: norm('attn_q_norm'),
    keyNorm: norm('attn_k_norm'),
    sinks: weights.optional(`${prefix}attn_sinks.weight`),
    attentionPostNorm: feedForwardNorm === 'post_attention_norm' ? undefined : norm('post_attention_norm'),
    feedForwardNorm: norm(feedForwardNorm),
    feedForwardPostNorm: norm('post_ffw_norm'),
    router: weights.optional(`${prefix}ffn_gate_inp.weight`) && linear(weights, `${prefix}ffn_gate_inp`),
    feedForwards: feedForwards(weights, prefix),
    isWindowed:
      window !== undefined &&
      weights.has('attention.sliding_window') &&
      layer % window.pattern < window.pattern - 1,
  }
}

/** The norm of this name, if there is one. */
export function normOf(weights: Weights, { layerNorm }: Architecture, name: string): Norm | undefined {
  const weight = weights.optional(`${name}.weight`)
  if (!weight) return undefined
  const key = layerNorm ? 'attention.layer_norm_epsilon' : 'attention.layer_norm_rms_epsilon'
  return {
    weight,
    bias: weights.optional(`${name}.bias`),
    epsilon: weights.number(key),
    subtractsMean: layerNorm ?? false,
  }
}

function linear(weights: Weights, name: string): Linear {
  return { matrix: weights.matrix(`${name}.weight`), bias: weights.optional(`${name}.bias`) }
}

function attentionMatrices(weights: Weights, prefix: string, heads: Heads) {
  if (!weights.optional(`${prefix}attn_qkv.weight`))
    return {
      query: linear(weights, `${prefix}attn_q`),
      key: linear(weights, `${prefix}attn_k`),
      value: linear(weights, `${prefix}attn_v`),
    }
  const fused = weights.matrix(`${prefix}attn_qkv.weight`)
  const queries = heads.headCount * heads.headSize
  const keys = heads.keyValueHeadCount * heads.headSize
  return {
    query: rowsOf(fused, 0, queries),
    key: rowsOf(fused, queries, queries + keys),
    value: rowsOf(fused, queries + keys, queries + 2 * keys),
  }
}

function feedForwards(weights: Weights, prefix: string): FeedForward[] {
  if (weights.optional(`${prefix}ffn_gate_inp.weight`)) {
    const [gates, ups, downs] = ['gate', 'up', 'down'].map((name) =>
      experts(weights, `${prefix}ffn_${name}_exps`),
    )
    return gates!.map((gate, expert) => ({ gate, up: ups![expert]!, down: downs![expert]! }))
  }
  const up = linear(weights, `${prefix}ffn_up`)
  const down = linear(weights, `${prefix}ffn_down`)
  if (weights.optional(`${prefix}ffn_gate.weight`))
    return [{ gate: linear(weights, `${prefix}ffn_gate`), up, down }]
  const { rows } = up.matrix
  if (rows === down.matrix.columns) return [{ gate: undefined, up, down }]
  // Phi 3: the gate's rows stand in front of those of `up`.
  return [{ gate: rowsOf(up.matrix, 0, rows / 2), up: rowsOf(up.matrix, rows / 2, rows), down }]
}

function experts(weights: Weights, name: string): Linear[] {
  const biases = weights.optional(`${name}.bias`)
  return weights.matrices(`${name}.weight`).map((matrix, expert) => ({
    matrix,
    bias: biases?.subarray(expert * matrix.rows, (expert + 1) * matrix.rows),
  }))
}

function rowsOf({ columns, values }: Matrix, start: number, end: number): Linear {
  return {
    matrix: { rows: end - start, columns, values: values.subarray(start * columns, end * columns) },
    bias: undefined,
  }
}
