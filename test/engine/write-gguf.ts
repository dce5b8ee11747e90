import { writeFileSync } from 'node:fs'
import { BLOCK, encoders } from './quantise.js'

/** Metadata of a GGUF to write: strings, whole numbers (uint32), and fractions given as `{ float: 0.5 }`. */
export type Metadata = Readonly<Record<string, string | number | { readonly float: number }>>

export type MatrixType = keyof typeof encoders

/**
 * Writes a GGUF with tensors of seeded random values around 0; norms and RoPE factors around 1.
 * @param tensors - sizes with the fastest dimension first.
 * @param options - `spread`: values differ by at most this; `type`: of what has more than one dimension, else F32.
 */
export function writeRandomGguf(
  path: string,
  metadata: Metadata,
  tensors: Readonly<Record<string, readonly number[]>>,
  { spread = 0.4, type = 'F32' }: { readonly spread?: number; readonly type?: MatrixType } = {},
): void {
  const encoderOf = (size: readonly number[]) => encoders[size.length > 1 ? type : 'F32']
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
    header.push(text(name), u32(size.length), ...size.map(u64), u32(encoderOf(size).type), u64(offset))
    offset += padded((product(size) / BLOCK) * encoderOf(size).blockBytes)
  }
  const head = Buffer.concat(header)
  let state = 1
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5
  const data = Object.entries(tensors).map(([name, size]) => {
    const centre = /norm\.weight|rope_f/.test(name) ? 1 : 0
    const values = Float32Array.from({ length: product(size) }, () => centre + random() * spread)
    const bytes = encoderOf(size).encode(values)
    return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)])
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
