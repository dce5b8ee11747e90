import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { SafetensorsFile } from '../../src/engine/safetensors/read.js'
import { SafetensorsWriter } from '../../src/engine/safetensors/write.js'

const root = mkdtempSync(join(tmpdir(), 'nir-safetensors-'))
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

describe('SafetensorsWriter and SafetensorsFile', () => {
  const floats = Float32Array.of(1.5, -0, Infinity, 1e-42, 3, 4)

  it('give back every bit, in whatever order the tensors are written', async () => {
    const writer = await SafetensorsWriter.create(path, {
      tensors: [
        { name: 'a', dtype: 'F32', shape: [2, 3] },
        { name: 'b', dtype: 'I32', shape: [2] },
        { name: '__proto__', dtype: 'F16', shape: [1] },
        { name: 'empty "1"', dtype: 'F32', shape: [0, 4] },
      ],
      metadata: { note: 'naïve 🙂' },
    })
    await writer.write('b', Int32Array.of(-1, 2 ** 31 - 1))
    await writer.write('empty "1"', new Float32Array())
    // A view into a larger array: only its part is written.
    await writer.write('a', Float32Array.of(9, ...floats, 9).subarray(1, 7))
    await writer.write('__proto__', Uint16Array.of(0x3c00))
    await writer.close()
    const file = await SafetensorsFile.open(path)
    expect([...file.tensors.keys()]).toEqual(['a', 'b', '__proto__', 'empty "1"'])
    expect(file.metadata).toEqual(new Map([['note', 'naïve 🙂']]))
    expect(await file.read('a', 'F32')).toEqual(floats)
    expect(await file.read('b', 'I32')).toEqual(Int32Array.of(-1, 2 ** 31 - 1))
    expect(await file.read('__proto__', 'F16')).toEqual(Uint16Array.of(0x3c00))
    expect(await file.read('empty "1"', 'F32')).toHaveLength(0)
    await expect(file.read('c', 'F32')).rejects.toMatchObject({ code: 'TENSOR_NOT_FOUND' })
    await expect(file.read('b', 'F32')).rejects.toMatchObject({ code: 'TENSOR_TYPE' })
    await file.close()
    expect(readdirSync(folder)).toEqual(['a.safetensors'])
    expect(Number(readFileSync(path).readBigUInt64LE()) % 8).toBe(0)
  })

  it('refuse names, shapes and types that differ from the announced ones', async () => {
    const a = { name: 'a', dtype: 'F32', shape: [2] } as const
    for (const tensors of [[a, a], [{ ...a, name: '__metadata__' }], [{ ...a, name: 'half \ud83d' }]])
      await expect(SafetensorsWriter.create(path, { tensors })).rejects.toMatchObject({ code: 'TENSOR_NAME' })
    // The escapes of a header are no surrogates.
    const writer = await SafetensorsWriter.create(path, { tensors: [a, { ...a, name: '\\ud83d' }] })
    await expect(writer.write('b', new Float32Array(2))).rejects.toMatchObject({ code: 'TENSOR_NAME' })
    await expect(writer.write('a', new Float32Array(3))).rejects.toMatchObject({ code: 'TENSOR_SHAPE' })
    await expect(writer.write('a', new Int32Array(2))).rejects.toMatchObject({ code: 'TENSOR_TYPE' })
    await writer.write('a', new Float32Array(2))
    await expect(writer.write('a', new Float32Array(2))).rejects.toMatchObject({ code: 'TENSOR_NAME' })
    await expect(writer.close()).rejects.toMatchObject({ code: 'TENSORS_MISSING' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('leave an existing file as it was until close(), and after abort()', async () => {
    writeFileSync(path, 'before')
    const writer = await SafetensorsWriter.create(path, {
      tensors: [{ name: 'a', dtype: 'I32', shape: [1] }],
    })
    await writer.write('a', Int32Array.of(1))
    await writer.abort()
    expect(readFileSync(path, 'utf8')).toBe('before')
    expect(readdirSync(folder)).toEqual(['a.safetensors'])
  })

  it('say so when the path cannot be written or read', async () => {
    const content = { tensors: [] }
    await expect(SafetensorsWriter.create(join(folder, 'none/a'), content)).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
    })
    mkdirSync(path)
    const writer = await SafetensorsWriter.create(path, content)
    await expect(writer.close()).rejects.toMatchObject({ code: 'NOT_WRITABLE' })
    expect(readdirSync(folder)).toEqual(['a.safetensors'])
    for (const missing of [folder, join(folder, 'none')])
      await expect(SafetensorsFile.open(missing)).rejects.toMatchObject({ code: 'TENSOR_FILE_NOT_FOUND' })
  })
})

describe('a hostile file', () => {
  function write(header: string | Buffer, data = 0, length?: bigint): string {
    const prefix = Buffer.alloc(8)
    prefix.writeBigUInt64LE(length ?? BigInt(Buffer.byteLength(header)))
    writeFileSync(path, Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(data)]))
    return path
  }
  const tensor = (dtype: unknown, shape: unknown, offsets: unknown) =>
    JSON.stringify({ a: { dtype, shape, data_offsets: offsets } })

  it.each([
    ['a length beyond the file', '{}', 0, 3n],
    ['an enormous length', '{}', 0, 2n ** 64n - 1n],
    ['a length above the limit', '{}', 0, 100_000_001n],
    ['no JSON', '{"a":', 0],
    ['an array', '[]', 0],
    ['spaces first', ' {}', 0],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x30, 0x7d]), 0],
    ['deep nesting', `{"a":${'['.repeat(1e5)}`, 0],
    ['a tensor that is null', '{"a":null}', 0],
    ['metadata that are no strings', '{"__metadata__":{"a":1}}', 0],
    ['an unknown dtype', tensor('F4', [1], [0, 4]), 4],
    ['a dtype from the prototype', tensor('constructor', [1], [0, 4]), 4],
    ['a negative size', tensor('F32', [-1, -1], [0, 4]), 4],
    ['a fractional size', tensor('F32', [0.5, 2], [0, 4]), 4],
    ['an enormous shape', tensor('F32', [2 ** 40, 2 ** 40], [0, 4]), 4],
    ['a shape that is an object', tensor('F32', { length: 1 }, [0, 4]), 4],
    ['reversed offsets', tensor('F32', [1], [4, 0]), 4],
    ['three offsets', tensor('F32', [1], [0, 4, 8]), 4],
    ['data beyond the file', tensor('F32', [2], [0, 8]), 4],
    ['data that nothing names', tensor('F32', [1], [0, 4]), 8],
    ['a gap', tensor('F32', [1], [4, 8]), 8],
    [
      'an overlap',
      '{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}',
      8,
    ],
  ] as const)('with %s is refused', async (_, header, data, length?: bigint) => {
    await expect(SafetensorsFile.open(write(header, data, length))).rejects.toMatchObject({
      name: 'TensorFileError',
      code: 'TENSOR_FILE_CORRUPT',
    })
  })

  it('shorter than its own length field is refused, and one that is cut while open', async () => {
    writeFileSync(path, Buffer.alloc(5))
    await expect(SafetensorsFile.open(path)).rejects.toMatchObject({ code: 'TENSOR_FILE_CORRUPT' })
    const file = await SafetensorsFile.open(write(tensor('F32', [2], [0, 8]), 8))
    truncateSync(path, statSync(path).size - 1)
    await expect(file.read('a', 'F32')).rejects.toMatchObject({ code: 'TENSOR_FILE_CORRUPT' })
    await file.close()
  })
})
