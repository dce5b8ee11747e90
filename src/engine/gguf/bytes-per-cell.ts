import { keyValueWidth } from './attention.js'
import type { GgufHeader } from './types.js'

/** Bytes of keys and values that one cell of the KV cache takes in all layers; `bytes`: of one number in it. */
export function bytesPerCell(header: GgufHeader, layers: number, hiddenSize: number, bytes: number): number {
  let width = 0
  for (let layer = 0; layer < layers; layer++) width += keyValueWidth(header, layer, hiddenSize)
  return width * bytes
}
