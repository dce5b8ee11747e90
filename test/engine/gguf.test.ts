import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Engine, ModelError } from '../../src/engine/index.js'
import { checkGguf } from '../../src/engine/gguf/check.js'
import { goldenModel } from './golden.js'

const folder = mkdtempSync(join(tmpdir(), 'nir-gguf-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
})

const good = readFileSync(goldenModel)
let count = 0
function file(bytes: Uint8Array): string {
  const path = join(folder, `${count++}.gguf`)
  writeFileSync(path, bytes)
  return path
}

describe('checkGguf', () => {
  it('accepts the golden model', async () => {
    const header = await checkGguf(goldenModel)
    expect(header.tensors.length).toBe(57)
    expect(header.metadata.get('llama.block_count')).toBe(6)
  })

  it('names the trouble: missing, folder, empty, foreign, truncated', async () => {
    await expect(checkGguf(join(folder, 'none.gguf'))).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    await expect(checkGguf(folder)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    await expect(checkGguf(file(new Uint8Array()))).rejects.toMatchObject({ code: 'MODEL_TRUNCATED' })
    await expect(checkGguf(file(Buffer.alloc(4096, 'PK')))).rejects.toMatchObject({ code: 'MODEL_CORRUPT' })
    await expect(checkGguf(file(good.subarray(0, good.length - 1)))).rejects.toMatchObject({
      code: 'MODEL_TRUNCATED',
    })
    await expect(checkGguf(file(good.subarray(0, 1000)))).rejects.toBeInstanceOf(ModelError)
  })

  it('rejects a number of layers that the tensors do not bear out, at which llama.cpp aborts the process', async () => {
    const many = Buffer.from(good)
    const at = many.indexOf('llama.block_count') + 'llama.block_count'.length + 4
    many.writeUInt32LE(100_000, at)
    await expect(checkGguf(file(many))).rejects.toThrow(/claims 100000 layers and holds tensors of 6/)
  })

  it('Engine.open rejects a truncated model with the same error', async () => {
    const path = file(good.subarray(0, good.length / 2))
    await expect(Engine.open({ path, gpu: false })).rejects.toBeInstanceOf(ModelError)
  })

  it('meets 3,000 mutated headers with an answer or a ModelError, quickly', async () => {
    let state = 42
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const path = join(folder, 'mutant.gguf')
    const outcomes = { accepted: 0, rejected: 0 }
    for (let i = 0; i < 3000; i++) {
      const mutant = Buffer.from(good.subarray(0, 6000))
      for (let edits = 1 + random(4); edits > 0; edits--) mutant[random(4200)] = random(256)
      writeFileSync(path, mutant.subarray(0, random(3) === 0 ? random(6000) : 6000))
      try {
        await checkGguf(path)
        outcomes.accepted++
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError)
        outcomes.rejected++
      }
    }
    expect(outcomes.rejected).toBe(3000)
  })
})
