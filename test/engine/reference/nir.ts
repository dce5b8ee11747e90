import { decoderLayer } from './decoder-layer.js'
import { placeAmong, type ReferenceCrv, type ReferenceInterventions } from './interventions.js'
import type { ReferenceModel } from './model.js'
import { add, argmax, multiply, normalise, softCap, softmax } from './numbers.js'

/**
 * NIR in float64, written from its definition: no KV cache, no masks, no batches. The whole sequence is computed
 * anew for every generated token, and injected rows are rows of the sequence like any other.
 */

/** A row of the sequence while it passes through the layers. */
interface Row {
  readonly state: Float64Array
  /** Which prompt or generated token it is, from the first prompt token on. */
  readonly token?: number
  /** Which injection put it there. */
  readonly injection?: number
}

/** What one forward pass yields for the last row. */
interface Forward {
  readonly logits: Float64Array
  /** Row-major `[layers, heads]`: the last row's attention to injected rows. */
  readonly attentionShares: Float64Array
}

/** What the reference generates. */
export interface ReferenceGeneration {
  readonly tokens: number[]
  /** One row a token. */
  readonly logits: Float64Array[]
  readonly logProbabilities: number[]
  /** In nats. */
  readonly entropies: number[]
  /** Per token, row-major `[layers, heads]`. */
  readonly attentionShares: Float64Array[]
}

/** A plain pass over a text from position 0. */
export function captureReference(model: ReferenceModel, tokens: readonly number[]): ReferenceCrv {
  const layers: Float64Array[][] = []
  let states = tokens.map((token) => embed(model, token))
  const positions = tokens.map((_, index) => index)
  for (const weights of model.layers) {
    layers.push(states)
    states = decoderLayer(model, weights, states, positions).states
  }
  return { tokenCount: tokens.length, layers }
}

/** Greedy generation. */
export function generateReference(
  model: ReferenceModel,
  prompt: readonly number[],
  interventions: ReferenceInterventions,
  maxTokens: number,
): ReferenceGeneration {
  const generation: ReferenceGeneration = {
    tokens: [],
    logits: [],
    logProbabilities: [],
    entropies: [],
    attentionShares: [],
  }
  while (generation.tokens.length < maxTokens) {
    const { logits, attentionShares } = forward(model, prompt, generation.tokens, interventions)
    const probabilities = softmax(logits)
    const token = argmax(logits)
    generation.tokens.push(token)
    generation.logits.push(logits)
    generation.logProbabilities.push(Math.log(probabilities[token]!))
    generation.entropies.push(probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0))
    generation.attentionShares.push(attentionShares)
  }
  return generation
}

/** One pass over prompt and generated tokens under interventions. */
function forward(
  model: ReferenceModel,
  prompt: readonly number[],
  generated: readonly number[],
  interventions: ReferenceInterventions,
): Forward {
  let rows: Row[] = [...prompt, ...generated].map((id, token) => ({ state: embed(model, id), token }))
  const attentionShares = new Float64Array(model.layers.length * model.headCount)
  for (const [layer, weights] of model.layers.entries()) {
    rows = rows.filter(
      ({ injection }) => injection === undefined || isVisible(interventions, injection, layer),
    )
    rows = rows.map((row) => edited(row, interventions, layer, prompt.length))
    rows = injected(rows, interventions, layer)
    const positions = rows.map((row, index) => index - tooEarly(row, rows, interventions, prompt.length))
    const output = decoderLayer(
      model,
      weights,
      rows.map(({ state }) => state),
      positions,
    )
    output.lastRowAttention.forEach((probabilities, head) => {
      rows.forEach(({ injection }, row) => {
        if (injection !== undefined) attentionShares[layer * model.headCount + head]! += probabilities[row]!
      })
    })
    rows = rows.map((row, index) => ({ ...row, state: output.states[index]! }))
  }
  return { logits: logitsOf(model, rows.at(-1)!.state), attentionShares }
}

/** Logits of a hidden state: final norm and output head. At the input of any layer: the logit lens. */
export function logitsOf(model: ReferenceModel, state: Float64Array): Float64Array {
  return multiply(model.head, normalise(model.outputNorm, state)).map((logit) =>
    softCap(logit / model.logitScale, model.logitCap),
  )
}

function embed({ embedding, embeddingScale }: ReferenceModel, token: number): Float64Array {
  const { columns, values } = embedding
  return values.slice(token * columns, (token + 1) * columns).map((value) => value * embeddingScale)
}

function isVisible({ injections }: ReferenceInterventions, injection: number, layer: number): boolean {
  return layer < (injections![injection]!.until ?? Infinity)
}

/** Replacements in the order of the list, then steering in the order of the list; injected rows stay as they are. */
function edited(row: Row, interventions: ReferenceInterventions, layer: number, promptLength: number): Row {
  const { token } = row
  if (token === undefined) return row
  let { state } = row
  for (const { by, positions } of (interventions.replacements ?? []).filter((one) => one.layer === layer)) {
    const place = placeAmong(positions, token, promptLength)
    if (place < 0) continue
    // A matrix has one row a listed position, a vector serves them all.
    const start = by !== 'zero' && by.length > state.length ? place * state.length : 0
    state = state.map((_, index) => (by === 'zero' ? 0 : by[start + index]!))
  }
  for (const { vector, scale = 1, positions } of (interventions.steering ?? []).filter(
    (one) => one.layer === layer,
  ))
    if (placeAmong(positions, token, promptLength) >= 0)
      state = add(
        state,
        Float64Array.from(vector, (value) => value * scale),
      )
  return { ...row, state }
}

/** Every injection at this layer in turn puts its rows in front of all that is there. */
function injected(rows: readonly Row[], interventions: ReferenceInterventions, layer: number): Row[] {
  let all = [...rows]
  for (const [injection, { crv, layer: at, from = at }] of (interventions.injections ?? []).entries())
    if (at === layer && isVisible(interventions, injection, layer))
      all = [...crv.layers[from]!.map((state) => ({ state, injection })), ...all]
  return all
}

/** How far released decode positions move a generated row to the front in a layer with these rows. */
function tooEarly(
  { token }: Row,
  rows: readonly Row[],
  { injections }: ReferenceInterventions,
  promptLength: number,
): number {
  if (token === undefined || token < promptLength) return 0
  return rows.filter(
    ({ injection }) => injection !== undefined && injections![injection]!.decodePositions === 'released',
  ).length
}
