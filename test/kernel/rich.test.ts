import { tensorflow } from 'danfojs-node'
import { describe, expect, it } from 'vitest'
import { Bundler } from '../../kernel/display/bundler.js'
import { Crv } from '../../src/index.js'

const bundle = async (value: unknown) =>
  (await new Bundler().bundle(value, 'a')).data as Record<string, string>

const crvOf = (layers: readonly number[], tokens = 3, hiddenSize = 4) =>
  new Crv({
    states: new Map(layers.map((layer) => [layer, new Float32Array(tokens * hiddenSize).fill(layer)])),
    tokens: Array.from({ length: tokens }, (_, i) => i),
    hiddenSize,
  })

const generation = {
  arm: 'layer 4',
  text: 'def f(x):\n    return "<script>alert(1)</script>"',
  stopReason: 'stop',
  tokens: [1, 2],
  logProbabilities: [-0.5, -1.5],
  entropies: [1, 1],
  timings: {},
}

describe('CRVs and tensors', () => {
  it('are pictures with shape and norms', async () => {
    const data = await bundle(crvOf([1, 2, 3, 6]))
    expect(data['text/plain']).toBe(
      'CRV: 3 tokens × 4 values at the input of 4 layers (1–3, 6); mean norm 2 at layer 1 … 12 at layer 6',
    )
    expect(data['text/html']).toContain('src="data:image/png;base64,')
    expect((await bundle(crvOf([2], 1)))['text/plain']).toBe(
      'CRV: 1 token × 4 values at the input of layer 2; mean norm 4',
    )
  })

  it('are small however large they are, and may hold what is not finite', async () => {
    const large = crvOf([0], 2000, 1000)
    large.at(0)[5] = Number.NaN
    expect((await bundle(large))['text/html']!.length).toBeLessThan(60_000)
  })

  it('may be tensors', async () => {
    const data = await bundle(
      tensorflow.tensor2d([
        [3, 0],
        [0, -4],
      ]),
    )
    expect(data['text/plain']).toBe('Tensor: float32, shape [2, 2]; norm 5')
    expect(data['text/html']).toContain('<img')
  })
})

describe('generations', () => {
  it('are highlighted Python that cannot run, with what is known of them', async () => {
    const data = await bundle(generation)
    expect(data['text/html']).toContain('<span class="hljs-keyword">def</span>')
    expect(data['text/html']).toContain('&lt;script&gt;')
    expect(data['text/html']).not.toContain('<script>')
    expect(data['text/plain']).toBe(
      '# layer 4 · 2 tokens · mean log-probability -1.000 · ended by stop\ndef f(x):\n    return "<script>alert(1)</script>"',
    )
  })

  it('stand beside each other, and records with their outcome and metrics', async () => {
    const record = {
      ...generation,
      taskId: 7,
      tokenCount: 2,
      outcome: 'passed',
      metrics: { lines: 2, other: null },
    }
    const data = await bundle([generation, { ...record, arm: '<b>' }])
    expect(data['text/html']!.match(/class="nir-generation"/g)).toHaveLength(2)
    expect(data['text/plain']).toContain(
      '# problem 7 · <b> · passed · 2 tokens · mean log-probability -1.000 · lines 2',
    )
    expect(data['text/html']).not.toContain('<b>')
  })
})
