import { afterEach, describe, expect, it, vi } from 'vitest'
import { totalmem } from 'node:os'
import { Engine } from '../../src/engine/index.js'
import { BATCH_SIZE, SEQUENCES } from '../../src/engine/decoder.js'
import { freeMemory } from '../../src/engine/free-memory.js'
import { readGgufHeader } from '../../src/engine/gguf/read.js'
import { estimateMemory } from '../../src/engine/gguf/memory.js'
import { embeddedModelPath } from '../../src/session/open-model.js'

afterEach(() => {
  vi.restoreAllMocks()
})

const bytesOf = (text: string) => Number(/([\d.]+) MB are free/.exec(text)?.[1]) * 1e6

describe.runIf(process.platform === 'linux')('Engine.open, with the memory that is free', () => {
  const path = embeddedModelPath()

  it('refuses a model that does not fit, with the numbers, before it is loaded', async () => {
    vi.spyOn(process, 'constrainedMemory').mockReturnValue(0)
    vi.spyOn(process, 'availableMemory').mockReturnValue(5e6)
    const error = await Engine.open({ path, gpu: false }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'ModelError', code: 'MODEL_TOO_LARGE' })
    const { message } = error as Error
    expect(message).toMatch(/nir-embedded\.gguf' needs [\d.]+ MB \(weights [\d.]+ MB, cache [\d.]+ MB, comp/)
    expect(bytesOf(message)).toBe(5e6)
  })

  it('takes what just fits, with the smallest cache', async () => {
    const options = { path, gpu: false, flashAttention: true } as const
    const { total } = estimateMemory(await readGgufHeader(path), {
      cells: 256,
      cacheBytes: 2,
      rows: BATCH_SIZE,
      outputs: SEQUENCES,
      flashAttention: true,
    })
    vi.spyOn(process, 'constrainedMemory').mockReturnValue(0)
    const available = vi.spyOn(process, 'availableMemory').mockReturnValue(total - 1)
    await expect(Engine.open(options)).rejects.toMatchObject({ code: 'MODEL_TOO_LARGE' })
    available.mockReturnValue(total)
    const engine = await Engine.open(options)
    expect((await engine.generate([5, 6, 7], { maxTokens: 2 })).tokens).toHaveLength(2)
    await engine.close()
  })
})

describe('freeMemory', () => {
  it('is what Linux says, page cache included', () => {
    vi.spyOn(process, 'constrainedMemory').mockReturnValue(2 ** 64)
    vi.spyOn(process, 'availableMemory').mockReturnValue(123)
    expect(freeMemory()).toBe(process.platform === 'linux' ? 123 : totalmem())
  })

  it("is the limit of a control group, whose page cache Node counts as used: a model just downloaded isn't refused", () => {
    vi.spyOn(process, 'constrainedMemory').mockReturnValue(6e6)
    vi.spyOn(process, 'availableMemory').mockReturnValue(123)
    expect(freeMemory()).toBe(6e6)
  })
})
