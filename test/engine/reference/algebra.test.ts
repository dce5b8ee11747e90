import { beforeAll, describe, expect, it } from 'vitest'
import { goldenModel } from '../golden.js'
import { difference, joined } from './difference.js'
import { sliceCrv, type ReferenceCrv, type ReferenceInterventions } from './interventions.js'
import { loadReference, type ReferenceModel } from './model.js'
import { captureReference, generateReference } from './nir.js'
import { contexts, prompt, seeded, vectorOf } from './recipes.js'

let model: ReferenceModel
let a: ReferenceCrv
let b: ReferenceCrv
const vector = vectorOf(seeded(3), 64)

beforeAll(async () => {
  model = await loadReference(goldenModel)
  a = captureReference(model, contexts.a)
  b = captureReference(model, contexts.b)
})

function logits(
  interventions: ReferenceInterventions,
  tokens: readonly number[] = prompt,
  newTokens = 3,
): number[] {
  return joined(generateReference(model, tokens, interventions, newTokens).logits)
}

describe('what must be equal by the definition, where the golden cases do not reach', () => {
  it('injections at the first layer are a longer prompt, the last one in front', () => {
    const injections = [
      { crv: a, layer: 0 },
      { crv: b, layer: 0 },
    ]
    const longer = logits({}, [...contexts.b, ...contexts.a, ...prompt])
    expect(difference(logits({ injections }), longer)).toBeLessThan(1e-12)
  })

  it('the halves of a CRV, the second one first, are the whole', () => {
    const whole = logits({ injections: [{ crv: a, layer: 2, until: 5 }] })
    const halves = [sliceCrv(a, 2, 6), sliceCrv(a, 0, 2)].map((crv) => ({ crv, layer: 2, until: 5 }))
    expect(difference(logits({ injections: halves }), whole)).toBeLessThan(1e-12)
  })

  it('two windows that meet, the second with the states that the first has there, are one', () => {
    const one = logits({ injections: [{ crv: a, layer: 1, until: 4 }] })
    const two = logits({
      injections: [
        { crv: a, layer: 1, until: 3 },
        { crv: a, layer: 3, until: 4 },
      ],
    })
    expect(difference(two, one)).toBeLessThan(1e-12)
  })

  it('the prompt replaced by the states of another is the other', () => {
    const other = prompt.map((token) => (token * 3 + 1) % 64)
    const states = joined(captureReference(model, other).layers[3]!)
    const positions = prompt.map((_, index) => index)
    const patched = logits({ replacements: [{ by: states, layer: 3, positions }] }, prompt, 1)
    expect(difference(patched, logits({}, other, 1))).toBeLessThan(1e-12)
  })

  it('steering the prompt and what is generated is steering all, by halves too', () => {
    const all = logits({ steering: [{ vector, layer: 2 }] })
    const parts = (['prompt', 'generated'] as const).flatMap((positions) =>
      [0.25, 0.75].map((scale) => ({ vector, layer: 2, scale, positions })),
    )
    expect(difference(logits({ steering: parts }), all)).toBeLessThan(1e-12)
    expect(difference(logits({}), all)).toBeGreaterThan(0.01)
  })

  it('gives no attention to rows that are not there, and all shares lie between 0 and 1', () => {
    const injections = [
      { crv: a, layer: 1, until: 2 },
      { crv: b, layer: 4 },
    ]
    for (const shares of generateReference(model, prompt, { injections }, 2).attentionShares)
      for (const [i, share] of shares.entries()) {
        const layer = Math.floor(i / model.headCount)
        expect(share > 0 && share < 1, `layer ${layer}`).toBe([1, 4, 5].includes(layer))
      }
  })
})
