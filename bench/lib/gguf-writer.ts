/** A metadata value of a GGUF: strings, whole numbers (uint32), fractions as `{ float }`, and arrays. */
export type MetadataValue =
  | string
  | number
  | { readonly float: number }
  | { readonly strings: readonly string[] }
  | { readonly floats: Float32Array }
  | { readonly integers: Int32Array }

/** A tensor's place in a GGUF. */
export interface TensorEntry {
  readonly name: string
  /** The fastest dimension first. */
  readonly dimensions: readonly number[]
  /** ggml's number of the type. */
  readonly type: number
  /** Bytes of the data, without padding. */
  readonly bytes: number
}

const ALIGNMENT = 32
const UINT32 = 4
const INT32 = 5
const FLOAT32 = 6
const STRING = 8
const ARRAY = 9

/** Rounds up to where the next tensor's data may begin. */
export function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}

/** Everything of a GGUF before the tensors' data, padded; the data of each tensor follows in order, each padded. */
export function ggufHeader(
  metadata: Readonly<Record<string, MetadataValue>>,
  tensors: readonly TensorEntry[],
): Buffer {
  const entries = Object.entries(metadata)
  const parts = [Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(entries.length)]
  for (const [key, value] of entries) parts.push(string(key), ...encode(value))
  let offset = 0
  for (const { name, dimensions, type, bytes } of tensors) {
    parts.push(
      string(name),
      uint32(dimensions.length),
      ...dimensions.map(uint64),
      uint32(type),
      uint64(offset),
    )
    offset += padded(bytes)
  }
  const header = Buffer.concat(parts)
  return Buffer.concat([header, Buffer.alloc(padded(header.length) - header.length)])
}

function encode(value: MetadataValue): Buffer[] {
  if (typeof value === 'string') return [uint32(STRING), string(value)]
  if (typeof value === 'number') return [uint32(UINT32), uint32(value)]
  if ('float' in value) return [uint32(FLOAT32), bytesOf(Float32Array.of(value.float))]
  if ('strings' in value)
    return [...array(STRING, value.strings.length), Buffer.concat(value.strings.map(string))]
  if ('floats' in value) return [...array(FLOAT32, value.floats.length), bytesOf(value.floats)]
  return [...array(INT32, value.integers.length), bytesOf(value.integers)]
}

function array(type: number, length: number): Buffer[] {
  return [uint32(ARRAY), uint32(type), uint64(length)]
}

function bytesOf(values: Float32Array | Int32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength)
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint64(bytes.length), bytes])
}
