import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Token } from 'node-llama-cpp'
import { Engine } from '../../src/engine/index.js'
import { chatPrompt, loadPrompts } from '../../src/nir/index.js'
import { loadProblems } from '../../src/problems/index.js'
import { embeddedModelPath } from '../../src/session/open-model.js'

const message = { role: 'user', content: 'Write a Python function that doubles a number.' } as const
let engine: Engine

beforeAll(async () => {
  engine = await Engine.open({ path: embeddedModelPath(), gpu: false })
})
afterAll(() => engine.close())

describe('tokenizer', () => {
  it('gives back every text, special tokens included', () => {
    for (const text of [
      'def f(x):\n    return x * 12345\n',
      'naïve “quotes” 你好 🙂',
      engine.chat([message]),
    ]) {
      const tokens = engine.tokenize(text)
      expect(engine.detokenize(tokens)).toBe(`<|begin_of_text|>${text}`)
    }
  })

  it('puts one BOS in front, also of a text that brings its own', () => {
    const plain = engine.tokenize('def')
    expect(engine.tokenize('<|begin_of_text|>def')).toEqual(plain)
    expect(plain.filter((token) => token === plain[0])).toHaveLength(1)
  })

  it('renders the Llama 3 chat format', () => {
    expect(engine.chat([message])).toBe(
      '<|start_header_id|>user<|end_header_id|>\n\nWrite a Python function that doubles a number.<|eot_id|>' +
        '<|start_header_id|>assistant<|end_header_id|>\n\n',
    )
  })
})

describe('the baseline', () => {
  it("is node-llama-cpp's own greedy text on the same prompt", async () => {
    const prompt = engine.chat([message]) + '```python\n'
    const ours = await engine.generate(prompt, { maxTokens: 60 })

    const { getLlama, LlamaLogLevel } = await import('node-llama-cpp')
    const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error })
    const model = await llama.loadModel({ modelPath: embeddedModelPath(), gpuLayers: 0 })
    const context = await model.createContext({ contextSize: 512, sequences: 1, threads: 1 })
    const theirs: Token[] = []
    for await (const token of context
      .getSequence()
      .evaluate(model.tokenize(`<|begin_of_text|>${prompt}`, true), { temperature: 0 })) {
      if (model.isEogToken(token) || theirs.push(token) === 60) break
    }
    expect(ours.tokens).toEqual(theirs)
    expect(ours.text).toBe(model.detokenize(theirs))
    await context.dispose()
    await model.dispose()
  })
})

describe('streaming', () => {
  it('adds up to the text, and a stop string ends it', async () => {
    const prompt = engine.chat([message]) + '```python\n'
    let streamed = ''
    let atEnd = ''
    const whole = await engine.generate(prompt, {
      maxTokens: 60,
      onToken: (event) => (streamed += event.text),
    })
    expect(streamed).toBe(whole.text)
    const [problem] = await loadProblems('embedded')
    const ended = await engine.generate(chatPrompt(engine, loadPrompts().generation, problem!), {
      stop: ['`````'],
      onToken: (event) => (atEnd += event.text),
    })
    expect(ended.stopReason).toBe('endToken')
    expect(atEnd).toBe(ended.text)
    const stop = whole.text.slice(3, 6)
    const cut = await engine.generate(prompt, { maxTokens: 60, stop: [stop] })
    expect(cut.stopReason).toBe('stop')
    expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)))
  })
})
