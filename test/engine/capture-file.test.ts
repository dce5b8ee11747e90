import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Crv, Engine, loadCrvs, type CaptureProgress, type Input } from '../../src/engine/index.js'
import { captureToFile } from '../../src/engine/capture-file.js'
import { golden, goldenModel, relativeError } from './golden.js'

const root = mkdtempSync(join(tmpdir(), 'nir-capture-file-'))
let count = 0
let folder = ''
let path = ''
let engine: Engine
beforeAll(async () => {
  const exact = { flashAttention: false, cacheType: 'f32' } as const
  engine = await Engine.open({ path: goldenModel, gpu: false, threads: 1, contextSize: 256, ...exact })
})
beforeEach(() => {
  folder = join(root, `${count++}`)
  mkdirSync(folder)
  path = join(folder, 'crvs.safetensors')
})
afterAll(async () => {
  await engine.close()
  rmSync(root, { recursive: true })
})

/** Texts in tokens, of many lengths. */
const texts = Array.from({ length: 60 }, (_, i) =>
  Array.from({ length: 1 + ((i * 37) % 90) }, (_, at) => (i * 11 + at * 5) % golden.vocab),
)

describe('Engine.captureTo', () => {
  it('writes what capturing one by one gives, and tells how far it is', async () => {
    const seen: CaptureProgress[] = []
    const summary = await engine.captureTo(path, texts, {
      layers: [4, 0, 4],
      metadata: { note: 'all' },
      onProgress: (progress) => seen.push(progress),
    })
    const totalTokens = texts.reduce((sum, { length }) => sum + length, 0)
    expect(summary).toMatchObject({ path, layers: [0, 4], tokenCount: totalTokens })
    expect(summary.bytes).toBe(statSync(path).size)
    expect(seen.map(({ done }) => done)).toEqual(texts.map((_, i) => i + 1))
    expect(seen.at(-1)).toMatchObject({ done: 60, total: 60, tokens: totalTokens, totalTokens })

    const file = await loadCrvs(path)
    expect(file.names).toEqual(texts.map((_, i) => `${i}`))
    expect(file.names).toEqual(summary.names)
    expect(file.metadata).toEqual({ note: 'all' })
    expect(file.model).toEqual({
      name: engine.model.name,
      architecture: 'llama',
      layerCount: 6,
      hiddenSize: 64,
    })
    for (const [i, tokens] of texts.entries()) {
      const crv = await file.read(`${i}`)
      expect(crv.tokens).toEqual(tokens)
      const alone = await engine.capture(tokens, { layers: [0, 4] })
      for (const layer of [0, 4]) expect(relativeError(crv.at(layer), alone.at(layer))).toBeLessThan(1e-5)
    }
    await file.close()
    expect(engine.usage).toEqual({ cells: 0, sequences: 0, jobs: 0 })
  })

  it('takes names, and halves the size as f16', async () => {
    const named = { 'a.b': texts[1]!, 'c/d': texts[2]! }
    const { names } = await engine.captureTo(path, named, { type: 'f16' })
    expect(names).toEqual(['a.b', 'c/d'])
    const file = await loadCrvs(path)
    expect(file.layers).toEqual([0, 1, 2, 3, 4, 5])
    const alone = await engine.capture(texts[2]!)
    expect(relativeError((await file.read('c/d')).at(5), alone.at(5))).toBeLessThan(1e-3)
    await file.close()
  })

  it('what is read back injects as what was captured', async () => {
    await engine.captureTo(path, { context: golden.context })
    const file = await loadCrvs(path)
    const loaded = await file.read('context')
    await file.close()
    const captured = await engine.capture(golden.context)
    const options = { maxTokens: 4, logits: true }
    const logits = async (crv: Crv) =>
      (await engine.generate(golden.cases[0]!.prompt, { ...options, injections: [{ crv, layer: 3 }] }))
        .logits!
    expect(relativeError(await logits(loaded), await logits(captured))).toBeLessThan(1e-5)
  })

  it('refuses texts that cannot be captured before anything runs, by name', async () => {
    const refused = (inputs: Record<string, Input> | Input[]) => engine.captureTo(path, inputs)
    await expect(refused([])).rejects.toMatchObject({ code: 'NO_CRVS' })
    await expect(refused({ long: new Int32Array(257) })).rejects.toThrow(/'long' has 257 tokens.* 256\./)
    await expect(refused({ fine: [1], none: [] })).rejects.toThrow(/'none' has no tokens/)
    await expect(refused([[1], [golden.vocab]])).rejects.toMatchObject({ code: 'TOKEN_OUT_OF_RANGE' })
    await expect(engine.captureTo(path, texts, { layers: [6] })).rejects.toMatchObject({
      code: 'LAYER_OUT_OF_RANGE',
    })
    await expect(engine.captureTo(join(folder, 'none', 'x'), texts)).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it('when cancelled, rejects with the reason, removes what it wrote, and leaves the engine usable', async () => {
    writeFileSync(path, 'before')
    for (const after of [0, 1, 7, 59]) {
      const controller = new AbortController()
      const reason = new Error(`after ${after}`)
      if (after === 0) controller.abort(reason)
      const onProgress = ({ done }: CaptureProgress) => {
        if (done === after) controller.abort(reason)
      }
      await expect(engine.captureTo(path, texts, { signal: controller.signal, onProgress })).rejects.toBe(
        reason,
      )
      expect(readdirSync(folder)).toEqual(['crvs.safetensors'])
      expect(statSync(path).size).toBe(6)
    }
    expect((await engine.capture(texts[5]!)).tokenCount).toBe(texts[5]!.length)
    expect(engine.usage).toEqual({ cells: 0, sequences: 0, jobs: 0 })
  })

  it('rejects with what onProgress throws, and leaves nothing', async () => {
    const onProgress = () => {
      throw new Error('mine')
    }
    await expect(engine.captureTo(path, texts, { onProgress })).rejects.toThrow('mine')
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('captureToFile', () => {
  const model = { name: 'wide', architecture: 'llama', layerCount: 2, hiddenSize: 1_000_000 }

  const named = (count: number, length: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${i}`, tokens: new Array<number>(length).fill(1) }))
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5))

  it('runs several captures at once, and no more', async () => {
    let [now, most] = [0, 0]
    const narrow = { ...model, hiddenSize: 2 }
    await captureToFile(path, named(40, 3), { model: narrow, layers: [1] }, async (tokens) => {
      most = Math.max(most, ++now)
      await pause()
      now--
      return new Crv({ states: new Map([[1, new Float32Array(6)]]), tokens, hiddenSize: 2 })
    })
    expect(most).toBe(16)
  })

  it('runs fewer where their states would fill the memory', async () => {
    let started = 0
    // 4 MB a token, 160 MB a text.
    const failing = captureToFile(path, named(5, 40), { model, layers: [1] }, async () => {
      started++
      await pause()
      throw new Error('enough')
    })
    await expect(failing).rejects.toThrow('enough')
    expect(started).toBe(3)
  })

  it('rejects with the first error, once nothing runs any more', async () => {
    let running = 0
    const failing = captureToFile(path, named(20, 3), { model, layers: [1] }, async (_, signal) => {
      running++
      await new Promise((resolve) => setTimeout(resolve, running))
      running--
      throw signal.aborted ? signal.reason : new Error('first')
    })
    await expect(failing).rejects.toThrow('first')
    expect(running).toBe(0)
    expect(readdirSync(folder)).toEqual([])
  })
})
