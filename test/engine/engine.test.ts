import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ClosedError,
  ContextSizeError,
  Crv,
  Engine,
  InputError,
  type GenerateOptions,
  type Interventions,
} from '../../src/engine/index.js'
import { golden, goldenModel, relativeError } from './golden.js'

const prompt = golden.cases[0]!.prompt
let engine: Engine
let crv: Crv

beforeAll(async () => {
  engine = await Engine.open({
    path: goldenModel,
    gpu: false,
    threads: 1,
    contextSize: 256,
    flashAttention: true,
  })
  crv = await engine.capture(golden.context)
})
afterAll(() => engine.close())

describe('model', () => {
  it('tells its dimensions', () => {
    expect(engine.model).toMatchObject({
      name: 'random reference model',
      architecture: 'llama',
      path: goldenModel,
      layerCount: 6,
      hiddenSize: 64,
      vocabularySize: 320,
      contextSize: 256,
    })
    expect(engine.model.sizeBytes).toBeGreaterThan(1e6)
  })
})

describe('sampling', () => {
  const sampled = { maxTokens: 24, temperature: 1.5, topK: 200, topP: 0.98, minP: 0.001 } as const

  it('gives the same output for the same seed, whatever else is in the batch', async () => {
    // In F16 what is decoded beside it moves the last digits, and on some processors a choice with them.
    const engine = await Engine.open({
      path: goldenModel,
      gpu: false,
      threads: 1,
      contextSize: 256,
      flashAttention: false,
      cacheType: 'f32',
    })
    const alone = await engine.generate(prompt, { ...sampled, seed: 7, injections: [{ crv, layer: 3 }] })
    const arms = [1, 2, 3, 4, 5].map((layer) => ({ name: `layer ${layer}`, injections: [{ crv, layer }] }))
    const together = await engine.generateArms(prompt, [{ name: 'original' }, ...arms], {
      ...sampled,
      seed: 7,
    })
    expect(together[3]!.tokens).toEqual(alone.tokens)
    const other = await engine.generate(prompt, { ...sampled, seed: 8, injections: [{ crv, layer: 3 }] })
    expect(other.tokens).not.toEqual(alone.tokens)
    await engine.close()
  })

  it('with topK 1 is greedy, whatever the temperature', async () => {
    const greedy = await engine.generate(prompt, { maxTokens: 8 })
    const topOne = await engine.generate(prompt, { maxTokens: 8, temperature: 5, topK: 1, seed: 3 })
    expect(greedy.tokens).toEqual(golden.cases[0]!.tokens)
    expect(topOne.tokens).toEqual(greedy.tokens)
  })

  it("reports each token's log-probability under the model's own distribution", async () => {
    const { tokens, logits, logProbabilities } = await engine.generate(prompt, { maxTokens: 4, logits: true })
    for (const [index, token] of tokens.entries()) {
      const row = Array.from(logits!.subarray(index * 320, (index + 1) * 320))
      const total = row.reduce((sum, logit) => sum + Math.exp(logit), 0)
      expect(logProbabilities[index]).toBeCloseTo(row[token]! - Math.log(total), 4)
    }
  })
})

describe('zero interventions', () => {
  it('a steering scale of zero equals the original', async () => {
    const vector = new Float32Array(64).fill(3)
    const steered = await engine.generate(prompt, {
      maxTokens: 8,
      steering: [{ vector, layer: 2, scale: 0 }],
    })
    expect(steered.tokens).toEqual(golden.cases[0]!.tokens)
  })

  it('an empty window equals the original', async () => {
    const hidden = await engine.generate(prompt, { maxTokens: 8, injections: [{ crv, layer: 2, until: 2 }] })
    expect(hidden.tokens).toEqual(golden.cases[0]!.tokens)
  })
})

describe('long input', () => {
  it('captures more rows than one decode takes, as a prefix of itself', async () => {
    const long = await Engine.open({
      path: goldenModel,
      gpu: false,
      threads: 1,
      flashAttention: false,
      cacheType: 'f32',
    })
    const tokens = Array.from({ length: 1200 }, (_, index) => (index * 37) % 320)
    const whole = await long.capture(tokens, { layers: [5] })
    const start = await long.capture(tokens.slice(0, 400), { layers: [5] })
    expect(whole.at(5).length).toBe(1200 * 64)
    const difference = start.at(5).map((value, index) => Math.abs(value - whole.at(5)[index]!))
    expect(Math.max(...difference)).toBeLessThan(1e-4)
    await long.close()
  })
})

describe('many arms and long contexts', () => {
  it('more arms than one batch holds give what each gives alone', async () => {
    const arms = Array.from({ length: 150 }, (_, i) => ({
      name: `${i}`,
      injections: [{ crv, layer: i % 6 }],
    }))
    const generations = await engine.generateArms(prompt, arms, { maxTokens: 4 })
    expect(generations.map((generation) => generation.arm)).toEqual(arms.map((arm) => arm.name))
    const expected = golden.cases.slice(1, 7).map((one) => one.tokens.slice(0, 4))
    for (const [i, { tokens }] of generations.entries()) expect(tokens).toEqual(expected[i % 6])
  })

  it('a CRV of plain numbers with more rows than one decode takes is injected whole', async () => {
    const path = goldenModel
    const exact = await Engine.open({ path, gpu: false, threads: 1, flashAttention: false, cacheType: 'f32' })
    const captured = await exact.capture(Array.from({ length: 1200 }, (_, i) => (i * 37) % 320))
    const copy = new Crv({
      states: new Map(captured.layers.map((layer) => [layer, captured.at(layer).slice()])),
      tokens: captured.tokens,
      hiddenSize: captured.hiddenSize,
    })
    const arms = [0, 1, 5].flatMap((layer) => [
      { name: `captured ${layer}`, injections: [{ crv: captured, layer }] },
      { name: `copy ${layer}`, injections: [{ crv: copy, layer }] },
    ])
    const generations = await exact.generateArms(prompt, arms, { maxTokens: 4, logits: true })
    for (let i = 0; i < generations.length; i += 2)
      expect(relativeError(generations[i + 1]!.logits!, generations[i]!.logits!)).toBeLessThan(1e-5)
    await exact.close()
  })
})

describe('input errors', () => {
  const withInjection = (injection: object) => ({ injections: [{ crv, layer: 1, ...injection }] })
  const otherModel = () =>
    new Crv({ states: new Map([[1, new Float32Array(32)]]), tokens: [1], hiddenSize: 32 })

  const cases: [string, GenerateOptions & Interventions, string][] = [
    ['a layer past the last', withInjection({ layer: 6 }), 'LAYER_OUT_OF_RANGE'],
    ['a negative layer', withInjection({ layer: -1 }), 'LAYER_OUT_OF_RANGE'],
    ['a fractional layer', withInjection({ layer: 1.5 }), 'LAYER_OUT_OF_RANGE'],
    ['a window that ends before it begins', withInjection({ layer: 3, until: 2 }), 'LAYER_OUT_OF_RANGE'],
    ['an object that is no CRV', withInjection({ crv: {} }), 'NOT_A_CRV'],
    ['a text for a CRV', withInjection({ crv: 'text' }), 'NOT_A_CRV'],
    ['no CRV', withInjection({ crv: undefined }), 'NOT_A_CRV'],
    ['a CRV of another model', withInjection({ crv: otherModel() }), 'CRV_SHAPE'],
    ['a steering vector of the wrong length', { steering: [{ vector: [1, 2], layer: 1 }] }, 'STEERING_SHAPE'],
    ['a replacement of the wrong length', { replacements: [{ by: [1], layer: 1 }] }, 'REPLACEMENT_SHAPE'],
    [
      'a position before the prompt',
      { replacements: [{ by: 'zero', layer: 1, positions: [-99] }] },
      'POSITION_OUT_OF_RANGE',
    ],
    [
      'a position named twice',
      {
        steering: [
          { vector: new Float32Array(64), layer: 1, positions: [0, -golden.cases[0]!.prompt.length] },
        ],
      },
      'POSITION_REPEATED',
    ],
    ['attention shares with flash attention', { attentionShares: true }, 'NEEDS_PLAIN_ATTENTION'],
    ['a negative temperature', { temperature: -1 }, 'OPTION_OUT_OF_RANGE'],
    ['a NaN topP', { topP: NaN }, 'OPTION_OUT_OF_RANGE'],
    ['no tokens at all', { maxTokens: 0 }, 'OPTION_OUT_OF_RANGE'],
    ['an empty stop string', { stop: [''] }, 'OPTION_OUT_OF_RANGE'],
    ['the seed that llama.cpp takes for any', { seed: 2 ** 32 - 1 }, 'OPTION_OUT_OF_RANGE'],
  ]
  it.each(cases)('%s', async (_name, options, code) => {
    await expect(engine.generate(prompt, options)).rejects.toMatchObject({ name: 'InputError', code })
  })

  it('a token outside the vocabulary', async () => {
    await expect(engine.generate([1, 320])).rejects.toMatchObject({ code: 'TOKEN_OUT_OF_RANGE' })
    await expect(engine.capture([-1])).rejects.toBeInstanceOf(InputError)
  })

  it('no tokens', async () => {
    await expect(engine.generate([])).rejects.toMatchObject({ code: 'EMPTY_INPUT' })
  })

  it('a layer that was not captured', async () => {
    const one = await engine.capture(golden.context, { layers: [2] })
    await expect(engine.generate(prompt, { injections: [{ crv: one, layer: 3 }] })).rejects.toMatchObject({
      code: 'LAYER_NOT_CAPTURED',
    })
  })

  it('prompt and context that do not fit', async () => {
    const big = await engine.capture(new Array(250).fill(1))
    await expect(engine.generate(prompt, { injections: [{ crv: big, layer: 1 }] })).rejects.toBeInstanceOf(
      ContextSizeError,
    )
    await expect(engine.capture(new Array(257).fill(1))).rejects.toBeInstanceOf(ContextSizeError)
  })

  it('a text for a model without a tokenizer', async () => {
    await expect(engine.generate('def')).rejects.toMatchObject({ name: 'ModelError', code: 'NO_TOKENIZER' })
  })

  it('hidden states that are not finite are refused', async () => {
    const states = new Float32Array(64)
    states[3] = Infinity
    const bad = new Crv({ states: new Map([[2, states]]), tokens: [1], hiddenSize: 64 })
    await expect(engine.generate(prompt, { injections: [{ crv: bad, layer: 2 }] })).rejects.toMatchObject({
      code: 'NOT_FINITE',
      message: expect.stringContaining('Layer 2 of the CRV has the value Infinity at 3;') as string,
    })
  })

  it('states so large that the logits overflow end in a typed error, and the engine goes on', async () => {
    const vector = new Float32Array(64).fill(3e38)
    const twice = [
      { vector, layer: 2 },
      { vector, layer: 2 },
    ]
    await expect(engine.generate(prompt, { steering: twice })).rejects.toMatchObject({
      code: 'NON_FINITE_LOGITS',
    })
    expect((await engine.generate(prompt, { maxTokens: 8 })).tokens).toEqual(golden.cases[0]!.tokens)
  })
})

describe('ending', () => {
  it('stops at the context size', async () => {
    const generation = await engine.generate(prompt, { maxTokens: 10_000 })
    expect(generation.stopReason).toBe('contextSize')
    expect(generation.tokens.length).toBe(256 - prompt.length)
  })

  it('an aborted generation rejects with the reason and leaves the engine usable', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    let seen = 0
    const running = engine.generate(prompt, {
      maxTokens: 200,
      signal: controller.signal,
      onToken: () => {
        if (++seen === 5) controller.abort(reason)
      },
    })
    await expect(running).rejects.toBe(reason)
    expect(seen).toBe(5)
    expect((await engine.generate(prompt, { maxTokens: 8 })).tokens).toEqual(golden.cases[0]!.tokens)
  })

  it('an abort right after the call, before the decode has begun, is not lost', async () => {
    for (let i = 0; i < 20; i++) {
      const controller = new AbortController()
      const running = engine.capture(new Array(200).fill(1), { signal: controller.signal })
      await new Promise(setImmediate)
      controller.abort(new Error('at once'))
      await expect(running).rejects.toThrow('at once')
    }
  })

  it('an aborted call that waits behind another rejects at once', async () => {
    const first = engine.generate(prompt, { maxTokens: 200 })
    const controller = new AbortController()
    const second = engine.generate(prompt, { maxTokens: 200, signal: controller.signal })
    let firstEnded = false
    void first.then(() => (firstEnded = true))
    controller.abort(new Error('no longer'))
    await expect(second).rejects.toThrow('no longer')
    expect(firstEnded).toBe(false)
    expect((await first).tokens.length).toBe(200)
  })

  it('what onToken throws rejects the generation and leaves the engine usable', async () => {
    const onToken = () => {
      throw new Error('from the callback')
    }
    await expect(engine.generate(prompt, { maxTokens: 8, onToken })).rejects.toThrow('from the callback')
    expect((await engine.generate(prompt, { maxTokens: 8 })).tokens).toEqual(golden.cases[0]!.tokens)
  })

  it('does not block the event loop', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await engine.generateArms(
      prompt,
      Array.from({ length: 12 }, (_, i) => ({ name: String(i) })),
      { maxTokens: 100 },
    )
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(10)
  })

  it('use after close, and close while running', async () => {
    const other = await Engine.open({ path: goldenModel, gpu: false, threads: 1 })
    const running = other.generate(prompt, { maxTokens: 2000 })
    const closing = other.close()
    await expect(running).rejects.toBeInstanceOf(ClosedError)
    await closing
    await other.close()
    await expect(other.generate(prompt)).rejects.toBeInstanceOf(ClosedError)
    await expect(other.capture(prompt)).rejects.toBeInstanceOf(ClosedError)
    expect(() => other.tokenize('a')).toThrow(ClosedError)
  })
})
