import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Arm, Crv } from '../../src/engine/index.js'

const folder = new URL('../golden/nir-forward/', import.meta.url)

export interface GoldenCase {
  name: string
  prompt: number[]
  new_tokens: number
  tokens: number[]
  logits_f32_base64: string
  capture?: number
  inject?: number
  until?: number
  decode?: 'released'
  add_at?: number
  alpha?: number
}

export const golden = JSON.parse(readFileSync(new URL('cases.json', folder), 'utf8')) as {
  layers: number
  hidden_size: number
  vocab: number
  context: number[]
  hidden_states_f32_base64: string[]
  cases: GoldenCase[]
}

export const goldenModel = fileURLToPath(new URL('tiny-llama-f32.gguf', folder))

export function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

/** The largest difference, as a share of the largest expected value. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity
  let difference = 0
  let largest = 0
  for (const [index, value] of expected.entries()) {
    difference = Math.max(difference, Math.abs(value - actual[index]!))
    largest = Math.max(largest, Math.abs(value))
  }
  return difference / largest
}

/** The golden case as an arm. */
export function armOf(golden: GoldenCase, crv: Crv): Arm {
  const { name, capture, inject, until, decode, add_at: layer, alpha } = golden
  if (layer !== undefined) {
    const vector = new Float32Array(crv.hiddenSize)
    crv.at(capture!).forEach((value, index) => {
      vector[index % crv.hiddenSize]! += value / crv.tokenCount
    })
    return { name, steering: [{ vector, layer, scale: alpha! }] }
  }
  if (inject === undefined) return { name }
  return { name, injections: [{ crv, layer: inject, from: capture, until, decodePositions: decode }] }
}
