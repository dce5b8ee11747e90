import type { GgufHeader } from './types.js'

/** A number of the model's own metadata, such as `llama.block_count`. */
export function modelNumber(header: GgufHeader, key: string): number | undefined {
  const value = header.metadata.get(`${String(header.metadata.get('general.architecture'))}.${key}`)
  return typeof value === 'number' ? value : undefined
}

/** Rows of a weight matrix, which are the numbers that it gives per token. */
export function outputWidth(header: GgufHeader, tensor: string): number | undefined {
  return header.tensors.find(({ name }) => name === tensor)?.dimensions[1]
}

/** Numbers of keys and of values that one layer keeps of a token. */
export function keyValueWidth(header: GgufHeader, layer: number, hiddenSize: number): number {
  const keys = outputWidth(header, `blk.${layer}.attn_k.weight`)
  const values = outputWidth(header, `blk.${layer}.attn_v.weight`)
  if (keys !== undefined && values !== undefined) return keys + values
  // One matrix gives queries, keys and values together (Phi-3), or the layer is of another kind: the metadata know.
  const heads = modelNumber(header, 'attention.head_count') ?? 1
  const headSize = hiddenSize / heads
  const perHead =
    (modelNumber(header, 'attention.key_length') ?? headSize) +
    (modelNumber(header, 'attention.value_length') ?? headSize)
  return (modelNumber(header, 'attention.head_count_kv') ?? heads) * perHead
}
