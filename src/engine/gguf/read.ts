import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { ModelError } from '../errors.js'
import { ByteReader } from './bytes.js'
import { ValueType, type GgufHeader, type MetadataValue, type TensorInfo } from './types.js'

/** What one metadata pair or tensor entry takes at the very least, in bytes: bounds hostile counts. */
const SMALLEST_PAIR = 8 + 4 + 1
const SMALLEST_TENSOR = 8 + 4 + 8 + 4 + 8

const scalarBytes: Readonly<Record<number, number>> = {
  [ValueType.uint8]: 1,
  [ValueType.int8]: 1,
  [ValueType.uint16]: 2,
  [ValueType.int16]: 2,
  [ValueType.uint32]: 4,
  [ValueType.int32]: 4,
  [ValueType.float32]: 4,
  [ValueType.bool]: 1,
  [ValueType.uint64]: 8,
  [ValueType.int64]: 8,
  [ValueType.float64]: 8,
}

/**
 * Reads the header of a GGUF file, trusting nothing in it.
 * @throws {@link ModelError} `MODEL_NOT_FOUND`, `MODEL_CORRUPT`, `MODEL_TRUNCATED`.
 */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    throw notFound(path, error)
  }
  try {
    const status = await file.stat()
    if (!status.isFile()) throw notFound(path, undefined)
    return await parse(file, path, status.size)
  } finally {
    await file.close()
  }
}

function notFound(path: string, cause: unknown): ModelError {
  return new ModelError(
    'MODEL_NOT_FOUND',
    `The model '${path}' cannot be opened as a file.`,
    'Give the path of a .gguf file, a URI such as hf:user/repository:Q4_K_M, or nothing for the embedded model.',
    { cause },
  )
}

async function parse(file: FileHandle, path: string, fileBytes: number): Promise<GgufHeader> {
  const hash = createHash('sha256')
  const reader = new ByteReader(file, path, fileBytes, hash)
  if (fileBytes < 24) throw reader.truncated(24)
  const magic = (await reader.take(4)).toString('latin1')
  if (magic !== 'GGUF') throw reader.corrupt(`it begins with ${JSON.stringify(magic)}, not with "GGUF"`)
  const version = await reader.uint32()
  if (version !== 2 && version !== 3) throw reader.corrupt(`its version is ${version}, not 2 or 3`)
  const tensorCount = await reader.uint64('the number of tensors')
  const pairCount = await reader.uint64('the number of metadata pairs')
  if (pairCount * SMALLEST_PAIR > reader.remaining)
    throw reader.corrupt(`it claims ${pairCount} metadata pairs`)
  if (tensorCount * SMALLEST_TENSOR > reader.remaining)
    throw reader.corrupt(`it claims ${tensorCount} tensors`)

  const metadata = new Map<string, MetadataValue>()
  for (let i = 0; i < pairCount; i++) {
    const key = await reader.string('a metadata key')
    if (metadata.has(key)) throw reader.corrupt(`the key '${key}' appears twice`)
    metadata.set(key, await readValue(reader, await reader.uint32(), key))
  }
  const tensors: TensorInfo[] = []
  const names = new Set<string>()
  for (let i = 0; i < tensorCount; i++) {
    const tensor = await readTensor(reader)
    if (names.has(tensor.name)) throw reader.corrupt(`the tensor '${tensor.name}' appears twice`)
    names.add(tensor.name)
    tensors.push(tensor)
  }
  const alignment = metadata.get('general.alignment') ?? 32
  if (
    typeof alignment !== 'number' ||
    alignment < 1 ||
    alignment > 1 << 20 ||
    (alignment & (alignment - 1)) !== 0
  )
    throw reader.corrupt(`its alignment is ${String(alignment)}`)
  const dataOffset = Math.ceil(reader.position / alignment) * alignment
  hash.update(`${fileBytes}`)
  return { version, metadata, tensors, dataOffset, fileBytes, fingerprint: hash.digest('hex') }
}

async function readTensor(reader: ByteReader): Promise<TensorInfo> {
  const name = await reader.string('a tensor name')
  const dimensionCount = await reader.uint32()
  if (dimensionCount < 1 || dimensionCount > 4)
    throw reader.corrupt(`'${name}' has ${dimensionCount} dimensions`)
  const dimensions: number[] = []
  for (let i = 0; i < dimensionCount; i++) dimensions.push(await reader.uint64(`a dimension of '${name}'`))
  return {
    name,
    dimensions,
    type: await reader.uint32(),
    offset: await reader.uint64(`the offset of '${name}'`),
  }
}

async function readValue(reader: ByteReader, type: number, key: string): Promise<MetadataValue> {
  if (type === ValueType.string) return reader.string(`the value of '${key}'`)
  if (type === ValueType.array) return readArray(reader, key)
  const size = scalarBytes[type]
  if (size === undefined) throw reader.corrupt(`'${key}' has the unknown type ${type}`)
  const bytes = await reader.take(size)
  switch (type) {
    case ValueType.bool:
      return bytes.readUInt8() !== 0
    case ValueType.float32:
      return bytes.readFloatLE()
    case ValueType.float64:
      return bytes.readDoubleLE()
    case ValueType.uint64:
      return Number(bytes.readBigUInt64LE())
    case ValueType.int64:
      return Number(bytes.readBigInt64LE())
    case ValueType.int8:
    case ValueType.int16:
    case ValueType.int32:
      return bytes.readIntLE(0, size)
    default:
      return bytes.readUIntLE(0, size)
  }
}

async function readArray(reader: ByteReader, key: string): Promise<{ length: number }> {
  const type = await reader.uint32()
  const length = await reader.uint64(`the length of '${key}'`)
  const size = scalarBytes[type]
  if (size !== undefined) {
    if (length * size > reader.remaining) throw reader.corrupt(`'${key}' claims ${length} items`)
    for (let left = length * size; left > 0;) {
      const step = Math.min(left, 1 << 20)
      await reader.take(step)
      left -= step
    }
  } else if (type === ValueType.string) {
    if (length * 8 > reader.remaining) throw reader.corrupt(`'${key}' claims ${length} strings`)
    for (let i = 0; i < length; i++) await reader.string(`an item of '${key}'`)
  } else {
    throw reader.corrupt(`'${key}' is an array of the unknown type ${type}`)
  }
  return { length }
}
