import { beforeAll, describe, expect, it } from 'vitest'
import { floats, golden, goldenModel, type GoldenCase } from '../golden.js'
import { difference } from './difference.js'
import type { ReferenceCrv, ReferenceInterventions } from './interventions.js'
import { loadReference, type ReferenceModel } from './model.js'
import { captureReference, generateReference } from './nir.js'

let model: ReferenceModel
let crv: ReferenceCrv

beforeAll(async () => {
  model = await loadReference(goldenModel)
  crv = captureReference(model, golden.context)
})

function interventionsOf({
  capture,
  inject,
  until,
  decode,
  add_at: layer,
  alpha,
}: GoldenCase): ReferenceInterventions {
  if (layer !== undefined) {
    const rows = crv.layers[capture!]!
    const mean = rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
    return { steering: [{ vector: mean, layer, scale: alpha }] }
  }
  if (inject === undefined) return {}
  return { injections: [{ crv, layer: inject, from: capture, until, decodePositions: decode }] }
}

describe('the float64 reference gives the golden cases, which others computed', () => {
  it('captures the input of every layer', () => {
    for (const [layer, expected] of golden.hidden_states_f32_base64.slice(0, 6).entries())
      expect(difference(floats(expected), crv.layers[layer]!)).toBeLessThan(1e-6)
  })

  it.each(golden.cases)('$name', (expected) => {
    const generation = generateReference(
      model,
      expected.prompt,
      interventionsOf(expected),
      expected.new_tokens,
    )
    expect(generation.tokens).toEqual(expected.tokens)
    expect(difference(floats(expected.logits_f32_base64), generation.logits)).toBeLessThan(1e-6)
  })
})
