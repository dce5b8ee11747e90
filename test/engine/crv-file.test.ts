import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { Crv, CrvWriter, TensorFileError, loadCrvs, saveCrvs } from '../../src/engine/index.js'
import { SafetensorsWriter } from '../../src/engine/safetensors/write.js'
import { hasSafetensors, runPython } from './python-env.js'

// Nothing here loads llama.cpp: files of CRVs can be read and written without a model.

const root = mkdtempSync(join(tmpdir(), 'nir-crv-file-'))
let count = 0
let folder = ''
let path = ''
beforeEach(() => {
  folder = join(root, `${count++}`)
  mkdirSync(folder)
  path = join(folder, 'a.safetensors')
})
afterAll(() => {
  rmSync(root, { recursive: true })
})

let state = 1
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

const model = { name: 'tiny', architecture: 'llama', layerCount: 8, hiddenSize: 3 }
function makeCrv(tokens: readonly number[], layers: readonly number[] = [0, 5]): Crv {
  const values = () => Float32Array.from({ length: tokens.length * 3 }, () => (random(2e6) - 1e6) / 977)
  return new Crv({ states: new Map(layers.map((layer) => [layer, values()])), tokens, hiddenSize: 3 })
}

function fails(code: string) {
  return expect.objectContaining({ code }) as unknown
}

describe('CRVs in a file', () => {
  it('come back exactly as f32, all or some layers, with what is known of the model', async () => {
    const crvs = { 'problem.11': makeCrv([5, 6, 7]), 'layer.5': makeCrv([8]) }
    await saveCrvs(path, crvs, { model, metadata: { seed: '1' } })
    const file = await loadCrvs(path)
    expect(file.names).toEqual(['problem.11', 'layer.5'])
    expect(file.model).toEqual(model)
    expect(file.layers).toEqual([0, 5])
    expect(file.metadata).toEqual({ seed: '1' })
    for (const [name, crv] of Object.entries(crvs)) {
      const read = await file.read(name)
      expect(read.tokens).toEqual(crv.tokens)
      for (const layer of [0, 5]) expect(read.at(layer)).toEqual(crv.at(layer))
    }
    const part = await file.read('problem.11', { layers: [5] })
    expect(part.layers).toEqual([5])
    await expect(file.read('none')).rejects.toEqual(fails('CRV_NOT_FOUND'))
    await expect(file.read('problem.11', { layers: [1] })).rejects.toEqual(fails('LAYER_NOT_CAPTURED'))
    await file.close()
  })

  it('come back from f16 within half of its last bit, and never silently infinite', async () => {
    const crv = makeCrv([1, 2, 3, 4, 5])
    await saveCrvs(path, { crv }, { model, type: 'f16' })
    const file = await loadCrvs(path)
    const read = await file.read('crv')
    await file.close()
    crv.at(5).forEach((value, i) => {
      expect(Math.abs(read.at(5)[i]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11)
    })
    const of = (value: number) =>
      new Crv({ states: new Map([[0, Float32Array.of(0, value, 1)]]), tokens: [1], hiddenSize: 3 })
    await saveCrvs(path, { largest: of(65504), infinite: of(-Infinity) }, { model, type: 'f16' })
    for (const value of [65520, -1e6])
      await expect(saveCrvs(path, { a: of(value) }, { model, type: 'f16' })).rejects.toEqual(
        fails('F16_RANGE'),
      )
  })

  it('are written one by one in any order, and each must be what was announced', async () => {
    const [a, b] = [makeCrv([1, 2]), makeCrv([3], [0, 1, 5])]
    const entries = [
      { name: 'a', tokens: [1, 2] },
      { name: 'b', tokens: [3] },
    ]
    const writer = await CrvWriter.create(path, { model, entries, layers: [5, 0] })
    await writer.write('b', b)
    const wide = new Crv({ states: new Map([[0, new Float32Array(8)]]), tokens: [1, 2], hiddenSize: 4 })
    await expect(writer.write('a', wide)).rejects.toThrow(/hidden size 4; the model 'tiny' has 3/)
    await expect(writer.write('a', makeCrv([1, 3]))).rejects.toEqual(fails('CRV_TOKENS'))
    await expect(writer.write('a', makeCrv([1, 2], [0]))).rejects.toEqual(fails('LAYER_NOT_CAPTURED'))
    await expect(writer.write('c', a)).rejects.toEqual(fails('CRV_NOT_ANNOUNCED'))
    await writer.abort()
    expect(readdirSync(folder)).toEqual([])

    const again = await CrvWriter.create(path, { model, entries, layers: [5, 0] })
    await again.write('b', b)
    await again.write('a', a)
    await again.close()
    const file = await loadCrvs(path)
    expect((await file.read('b')).at(5)).toEqual(b.at(5))
    expect((await file.read('a')).at(0)).toEqual(a.at(0))
    await file.close()
  })

  it('refuse options that make no file', async () => {
    const crv = makeCrv([1])
    await expect(saveCrvs(path, {}, { model })).rejects.toEqual(fails('NO_CRVS'))
    await expect(saveCrvs(path, { crv }, { model: { ...model, layerCount: 5 } })).rejects.toEqual(
      fails('LAYER_OUT_OF_RANGE'),
    )
    await expect(saveCrvs(path, { crv }, { model, metadata: { layers: '1' } })).rejects.toEqual(
      fails('METADATA_KEY'),
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it('a safetensors file of another kind is named as such', async () => {
    const writer = await SafetensorsWriter.create(path, { tensors: [], metadata: { format: 'pt' } })
    await writer.close()
    await expect(loadCrvs(path)).rejects.toThrow(/format 'pt'.*'nir-crv'/)
  })

  it('of 600 mutations is answered or met with a TensorFileError', async () => {
    await saveCrvs(path, { one: makeCrv([1, 2]), two: makeCrv([3]) }, { model })
    const good = readFileSync(path)
    const headerEnd = 8 + Number(good.readBigUInt64LE())
    const outcomes = { accepted: 0, rejected: 0 }
    const bytes = [...'{}[]",:-.0123456789eFI'].map((char) => char.charCodeAt(0))
    for (let i = 0; i < 600; i++) {
      const mutant = Buffer.from(good)
      for (let edits = 1 + random(3); edits > 0; edits--) {
        const at = random(8) === 0 ? random(8) : 8 + random(headerEnd - 8)
        mutant[at] = random(3) === 0 ? random(256) : bytes[random(bytes.length)]!
      }
      writeFileSync(path, random(10) === 0 ? mutant.subarray(0, random(mutant.length)) : mutant)
      try {
        const file = await loadCrvs(path)
        try {
          for (const name of file.names) await file.read(name)
        } finally {
          await file.close()
        }
        outcomes.accepted++
      } catch (error) {
        if (!(error instanceof TensorFileError)) throw error
        outcomes.rejected++
      }
    }
    // Changes of names and of padding are no faults.
    expect(outcomes.rejected).toBeGreaterThan(300)
    expect(outcomes.accepted).toBeGreaterThan(0)
  })

  const limit = (bytes: string) =>
    spawnSync('env', ['prlimit', '--pid', `${process.pid}`, `--fsize=${bytes}:`], { stdio: 'ignore' })
      .status === 0
  const hasLimits = process.platform === 'linux' && limit('unlimited')
  it.skipIf(!hasLimits)('reject with DISK_FULL when the disk takes no more, and leave nothing', async () => {
    const crv = new Crv({
      states: new Map([[0, new Float32Array(3e5)]]),
      tokens: Array(1e5).fill(1),
      hiddenSize: 3,
    })
    const ignore = () => undefined
    process.on('SIGXFSZ', ignore)
    limit('500000')
    try {
      await expect(saveCrvs(path, { crv }, { model })).rejects.toMatchObject({ code: 'DISK_FULL' })
    } finally {
      limit('unlimited')
      process.off('SIGXFSZ', ignore)
    }
    expect(readdirSync(folder)).toEqual([])
  })
})

describe.skipIf(!hasSafetensors)("Python's safetensors", () => {
  it('reads our files: f32 exactly, f16 as numpy rounds', async () => {
    const specials = [0, -0, 1, 2 ** -24, 2 ** -25, 3 * 2 ** -26, 2049, 2051, 65504, 65519, -1e-5, 6.1e-5]
    const values = Float32Array.from({ length: 3 * 50 }, (_, i) =>
      i < specials.length ? specials[i]! : (random(2e9) - 1e9) / 2 ** random(40),
    ).map((value) => Math.max(-65504, Math.min(65504, value)))
    const tokens = Array.from({ length: 50 }, (_, i) => i)
    const crv = new Crv({ states: new Map([[2, values]]), tokens, hiddenSize: 3 })
    const half = join(folder, 'half.safetensors')
    await saveCrvs(path, { crv }, { model, metadata: { note: 'naïve' } })
    await saveCrvs(half, { crv }, { model, type: 'f16' })
    const script = `
import json, sys, numpy
from safetensors import safe_open
from safetensors.numpy import load_file
single, half = load_file(sys.argv[1]), load_file(sys.argv[2])
rounded = single["crv.layer.2"].astype(numpy.float16)
with safe_open(sys.argv[1], "numpy") as file: metadata = file.metadata()
print(json.dumps({
    "shapes": {name: [str(a.dtype), *a.shape] for name, a in {**single, "half": half["crv.layer.2"]}.items()},
    "f32": single["crv.layer.2"].view(numpy.uint32).ravel().tolist(),
    "f16": bool((rounded.view(numpy.uint16) == half["crv.layer.2"].view(numpy.uint16)).all()),
    "tokens": single["crv.tokens"].tolist(),
    "metadata": metadata,
}))`
    expect(runPython(script, path, half)).toEqual({
      shapes: { 'crv.tokens': ['int32', 50], 'crv.layer.2': ['float32', 50, 3], half: ['float16', 50, 3] },
      f32: [...new Uint32Array(values.buffer)],
      f16: true,
      tokens,
      metadata: {
        format: 'nir-crv',
        version: '1',
        model: 'tiny',
        architecture: 'llama',
        hiddenSize: '3',
        layerCount: '8',
        layers: '2',
        note: 'naïve',
      },
    })
  })

  it('writes files that we read, other types beside', async () => {
    const script = `
import json, sys, numpy
from safetensors.numpy import save_file
states = (numpy.arange(6, dtype=numpy.float32) / 7).reshape(2, 3)
save_file({
    "q.tokens": numpy.array([4, 5], numpy.int32),
    "q.layer.1": states,
    "q.layer.3": states.astype(numpy.float16),
    "labels": numpy.array([1, 2, 3], numpy.int64),
    "mask": numpy.array([True]),
}, sys.argv[1], {"format": "nir-crv", "version": "1", "hiddenSize": "3", "layerCount": "4", "layers": "1,3"})
print(json.dumps([states.ravel().tolist(), states.astype(numpy.float16).astype(numpy.float32).ravel().tolist()]))`
    const [exact, rounded] = runPython(script, path) as [number[], number[]]
    const file = await loadCrvs(path)
    expect(file.names).toEqual(['q'])
    const crv = await file.read('q')
    expect(crv.tokens).toEqual([4, 5])
    expect([...crv.at(1)]).toEqual(exact)
    expect([...crv.at(3)]).toEqual(rounded)
    await file.close()
  })
})
