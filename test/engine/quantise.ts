import { loadAddon } from '../../src/engine/native.js'

/** Weights of a block of the quantised types. */
export const BLOCK = 32

/** How values become the bytes of a tensor type; `type`: ggml's number of it. Layouts: ggml-common.h of llama.cpp. */
export const encoders = {
  F32: {
    type: 0,
    blockBytes: 4 * BLOCK,
    encode: (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  },
  Q8_0: { type: 8, blockBytes: 2 + 32, encode: (values: Float32Array) => blocks(values, q8) },
  Q4_0: { type: 2, blockBytes: 2 + 16, encode: (values: Float32Array) => blocks(values, q4) },
} as const

function blocks(values: Float32Array, encode: (block: Float32Array) => Buffer): Buffer {
  if (values.length % BLOCK !== 0) throw new Error(`${values.length} values make no whole blocks`)
  const parts: Buffer[] = []
  for (let at = 0; at < values.length; at += BLOCK) parts.push(encode(values.subarray(at, at + BLOCK)))
  return Buffer.concat(parts)
}

/** A scale, and 32 signed bytes. */
function q8(block: Float32Array): Buffer {
  const { scale, head } = scaleOf(largest(block) / 127)
  return Buffer.concat([
    head,
    Buffer.from(Int8Array.from(block, (value) => Math.round(value / scale)).buffer),
  ])
}

/** A scale, and 16 bytes: the low halves are the first 16 weights plus 8, the high halves the others. */
function q4(block: Float32Array): Buffer {
  const { scale, head } = scaleOf(largest(block) / 7)
  const quants = Array.from(block, (value) => Math.min(15, Math.max(0, Math.round(value / scale) + 8)))
  return Buffer.concat([head, Buffer.from(quants.slice(0, 16).map((low, i) => low | (quants[i + 16]! << 4)))])
}

const largest = (block: Float32Array) => block.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

function scaleOf(value: number): { scale: number; head: Buffer } {
  const half = loadAddon().toHalf(Float32Array.of(value))
  return { scale: loadAddon().fromHalf(half)[0]!, head: Buffer.from(half.buffer) }
}
