import { writeFileSync } from 'node:fs'

/** Metadata of a GGUF to write: strings, whole numbers (uint32), and fractions given as `{ float: 0.5 }`. */
export type Metadata = Readonly<Record<string, string | number | { readonly float: number }>>

/** Writes a GGUF with F32 tensors of small seeded random values; sizes with the fastest dimension first. */
export function writeRandomGguf(
  path: string,
  metadata: Metadata,
  tensors: Readonly<Record<string, readonly number[]>>,
): void {
  const header: Buffer[] = [
    Buffer.from('GGUF'),
    u32(3),
    u64(Object.keys(tensors).length),
    u64(Object.keys(metadata).length),
  ]
  for (const [key, value] of Object.entries(metadata)) {
    header.push(text(key))
    if (typeof value === 'string') header.push(u32(8), text(value))
    else if (typeof value === 'number') header.push(u32(4), u32(value))
    else header.push(u32(6), f32(value.float))
  }
  let offset = 0
  for (const [name, size] of Object.entries(tensors)) {
    header.push(text(name), u32(size.length), ...size.map(u64), u32(0), u64(offset))
    offset += padded(4 * product(size))
  }
  const head = Buffer.concat(header)
  let state = 1
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5
  const data = Object.entries(tensors).map(([name, size]) => {
    const bytes = Buffer.alloc(padded(4 * product(size)))
    for (let i = 0; i < product(size); i++)
      bytes.writeFloatLE(name.includes('norm') ? 1 : random() * 0.4, 4 * i)
    return bytes
  })
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(padded(head.length) - head.length), ...data]))
}

const padded = (length: number) => Math.ceil(length / 32) * 32
const product = (size: readonly number[]) => size.reduce((a, b) => a * b, 1)

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([u64(bytes.length), bytes])
}
