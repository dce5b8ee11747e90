import type { FeedForward, LayerWeights } from './layer-weights.js'
import type { ReferenceModel, Rope } from './model.js'
import {
  add,
  apply,
  argmax,
  dot,
  gelu,
  multiplyElements,
  normalise,
  roundToF16,
  silu,
  softCap,
  softmax,
  type Norm,
} from './numbers.js'

/** What a decoder layer makes of a sequence. */
export interface LayerOutput {
  readonly states: Float64Array[]
  /** Per head, the last row's attention probabilities over all rows. */
  readonly lastRowAttention: readonly Float64Array[]
}

/** An ordinary decoder layer: `states` are its inputs in the order of causality, `positions` their RoPE positions. */
export function decoderLayer(
  model: ReferenceModel,
  weights: LayerWeights,
  states: readonly Float64Array[],
  positions: readonly number[],
): LayerOutput {
  const normed = states.map((state) => normalise(weights.attentionNorm, state))
  const { attended, lastRowAttention } = attention(model, weights, normed, positions)
  const residual = (state: Float64Array, added: Float64Array) =>
    add(
      state,
      added.map((value) => value * model.residualScale),
    )
  return {
    states: states.map((state, row) => {
      const attentionOutput = apply(weights.output, attended[row]!)
      const middle = residual(state, normalise(weights.attentionPostNorm, attentionOutput))
      const input = normalise(weights.feedForwardNorm, middle)
      const output = weights.router
        ? experts(model, weights, input)
        : feedForward(model, weights.feedForwards[0]!, input)
      return residual(middle, normalise(weights.feedForwardPostNorm, output))
    }),
    lastRowAttention,
  }
}

function attention(
  model: ReferenceModel,
  weights: LayerWeights,
  inputs: readonly Float64Array[],
  positions: readonly number[],
): { attended: Float64Array[]; lastRowAttention: Float64Array[] } {
  const { headCount, keyValueHeadCount, headSize, attentionScale, attentionCap } = model
  const project = (matrix: LayerWeights['query']) => inputs.map((input) => apply(matrix, input))
  const { rope, size } = weights.isWindowed ? model.window! : { rope: model.rope, size: Infinity }
  const rotated = (rows: readonly Float64Array[], norm: Norm | undefined) =>
    rows.map((row, index) =>
      normedHeads(row, headSize, norm).map((head) => rotate(rope, head, positions[index]!)),
    )
  const queries = rotated(project(weights.query), weights.queryNorm)
  const keys = rotated(project(weights.key), weights.keyNorm)
  const values = project(weights.value).map((row) => heads(row, headSize))

  const attended = inputs.map(() => new Float64Array(headCount * headSize))
  const lastRowAttention: Float64Array[] = []
  for (let head = 0; head < headCount; head++) {
    const shared = Math.floor(head / (headCount / keyValueHeadCount))
    for (let row = 0; row < inputs.length; row++) {
      const scores = new Float64Array(row + 1)
      for (let other = 0; other <= row; other++) {
        const score = dot(queries[row]![head]!, keys[other]![shared]!) * attentionScale
        scores[other] = row - other < size ? softCap(score, attentionCap) : -Infinity
      }
      const probabilities = softmaxBesides(weights.sinks?.[head], scores)
      probabilities.forEach((probability, other) => {
        for (let i = 0; i < headSize; i++)
          attended[row]![head * headSize + i]! += probability * values[other]![shared]![i]!
      })
      if (row === inputs.length - 1) lastRowAttention.push(probabilities)
    }
  }
  return { attended, lastRowAttention }
}

/** The probabilities of the scores where a sink takes part. */
function softmaxBesides(sink: number | undefined, scores: Float64Array): Float64Array {
  return sink === undefined ? softmax(scores) : softmax(Float64Array.of(sink, ...scores)).subarray(1)
}

function heads(row: Float64Array, headSize: number): Float64Array[] {
  return Array.from({ length: row.length / headSize }, (_, head) =>
    row.subarray(head * headSize, (head + 1) * headSize),
  )
}

function normedHeads(row: Float64Array, headSize: number, norm: Norm | undefined): Float64Array[] {
  const isOfHeads = norm?.weight.length === headSize
  return isOfHeads
    ? heads(row, headSize).map((head) => normalise(norm, head))
    : heads(normalise(norm, row), headSize)
}

function rotate(
  { base, scale, pairs, dimensions, factors }: Rope,
  head: Float64Array,
  position: number,
): Float64Array {
  const rotated = head.slice()
  const half = dimensions / 2
  for (let pair = 0; pair < half; pair++) {
    const frequency = base ** (-pair / half) / (factors?.[pair] ?? 1)
    const angle = position * scale * frequency
    const [a, b] = pairs === 'neighbours' ? [2 * pair, 2 * pair + 1] : [pair, pair + half]
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
    rotated[a] = head[a]! * cosine - head[b]! * sine
    rotated[b] = head[a]! * sine + head[b]! * cosine
  }
  return rotated
}

function feedForward(
  { activation }: ReferenceModel,
  { gate, up, down }: FeedForward,
  input: Float64Array,
): Float64Array {
  const wide = apply(up, input)
  if (!gate) return apply(down, wide.map(tabulatedGelu))
  const gates = apply(gate, input)
  if (activation === 'clamped SwiGLU')
    return apply(down, multiplyElements(gates.map(clampedSilu), wide.map(clamped)))
  return apply(down, multiplyElements(gates.map(activation === 'silu' ? silu : tabulatedGelu), wide))
}

/** llama.cpp's CPU backend reads GELU from a table of half-precision numbers, 1e-3 apart from the exact one. */
function tabulatedGelu(x: number): number {
  return Math.abs(x) < 10 ? roundToF16(gelu(roundToF16(x))) : gelu(x)
}

/** gpt-oss: gates of at most 7, other factors of -7 to 7 and one more. */
function clampedSilu(x: number): number {
  const limited = Math.min(x, 7)
  return limited / (1 + Math.exp(-1.702 * limited))
}
const clamped = (x: number) => Math.min(Math.max(x, -7), 7) + 1

/** The most probable experts, weighted by their share of the probability. */
function experts(model: ReferenceModel, weights: LayerWeights, input: Float64Array): Float64Array {
  const probabilities = softmax(apply(weights.router!, input))
  const left = probabilities.slice()
  const chosen = Array.from({ length: model.expertsUsed }, () => {
    const expert = argmax(left)
    left[expert] = -Infinity
    return expert
  })
  const margin = Math.log(probabilities[chosen.at(-1)!]!) - Math.log(Math.max(...left))
  model.routing.closest = Math.min(model.routing.closest, margin)
  const total = chosen.reduce((sum, expert) => sum + probabilities[expert]!, 0)
  return chosen
    .map((expert) =>
      feedForward(model, weights.feedForwards[expert]!, input).map(
        (value) => (value * probabilities[expert]!) / total,
      ),
    )
    .reduce<Float64Array>(add, new Float64Array(input.length))
}
