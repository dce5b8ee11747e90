import type { GgufHeader } from './types.js'

/** Bytes of keys and values that one cell of the KV cache takes in all layers; `bytes`: of one number in it. */
export function bytesPerCell(header: GgufHeader, layers: number, hiddenSize: number, bytes: number): number {
  const prefix = String(header.metadata.get('general.architecture'))
  const number = (key: string, otherwise: number) => {
    const value = header.metadata.get(`${prefix}.${key}`)
    return typeof value === 'number' ? value : otherwise
  }
  const heads = number('attention.head_count', 1)
  const headSize = hiddenSize / heads
  const perHead = number('attention.key_length', headSize) + number('attention.value_length', headSize)
  return layers * number('attention.head_count_kv', heads) * perHead * bytes
}
