import { ModelError } from '../errors.js'
import { keyValueWidth, modelNumber, outputWidth } from './attention.js'
import { bytesPerCell } from './bytes-per-cell.js'
import { tensorTypes, type GgufHeader } from './types.js'

/** What a context will be, as far as its memory depends on it. */
export interface MemoryPlan {
  /** Cells of the KV cache. */
  readonly cells: number
  /** Bytes of one number in the cache: 2 for F16, 4 for F32. */
  readonly cacheBytes: number
  /** Rows of a decode at most. */
  readonly rows: number
  /** Rows of a decode at most that give logits; llama.cpp reserves one for each sequence. */
  readonly outputs: number
  readonly flashAttention: boolean
  /** The layers are on an accelerator: a token embedding that is not the output head too stays in main memory. */
  readonly accelerator?: boolean | undefined
}

/** Bytes that a model takes. */
export interface MemoryEstimate {
  readonly weights: number
  /** The KV cache. */
  readonly cache: number
  /** What a decode works in, and the logits that it gives. */
  readonly compute: number
  readonly total: number
}

/**
 * Estimates from a GGUF's header alone what the model will take, with all of its layers on one device. Of a model in
 * several files, the weights of this one are counted.
 *
 * The compute buffer follows llama.cpp's allocator, which lets tensors that are not needed at the same time share
 * memory. It is the largest of four moments, in float32 numbers, the first three beside the attention mask:
 * - attention, rows × (3 hidden + 2 query + key and value width); without flash attention also the scores,
 *   rows × cells × heads; with it and an F32 cache, F16 copies of a layer's keys and values;
 * - feed-forward, rows × (4 hidden + 3 feed-forward size of the experts in use);
 * - the outputs of experts, rows × (2 hidden × experts in use + 6 hidden);
 * - logits, outputs × (vocabulary + 5 hidden).
 *
 * The logits are copied once more for the caller. See test/engine/memory.test.ts for how near it comes.
 *
 * @example
 * import { checkGguf } from './check.js'
 * const header = await checkGguf('model.gguf')
 * const { total } = estimateMemory(header, { cells: 4096, cacheBytes: 2, rows: 512, outputs: 128, flashAttention: true })
 */
export function estimateMemory(header: GgufHeader, plan: MemoryPlan): MemoryEstimate {
  const layers = modelNumber(header, 'block_count') ?? 0
  const hiddenSize = modelNumber(header, 'embedding_length') ?? 0
  const weights = header.fileBytes - header.dataOffset - (plan.accelerator ? embeddingBytes(header) : 0)
  const cache = plan.cells * bytesPerCell(header, layers, hiddenSize, plan.cacheBytes)
  const logits = 4 * plan.outputs * (outputWidth(header, 'token_embd.weight') ?? 0)
  const rows = Math.min(plan.rows, plan.cells)
  const mask = rows * plan.cells * (plan.flashAttention ? 2 : 4)
  const compute = Math.max(
    mask + attentionBytes(header, hiddenSize, layers, { ...plan, rows }),
    ...feedForwardBytes(header, hiddenSize, rows).map((bytes) => mask + bytes),
    logits + 4 * plan.outputs * 5 * hiddenSize,
  )
  return { weights, cache, compute: compute + logits, total: weights + cache + compute + logits }
}

function embeddingBytes({ tensors }: GgufHeader): number {
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight')
  const layout = embedding && tensorTypes.get(embedding.type)
  if (!layout || !tensors.some(({ name }) => name === 'output.weight')) return 0
  const [blockElements, blockBytes] = layout
  return (embedding.dimensions.reduce((product, size) => product * size, 1) / blockElements) * blockBytes
}

function attentionBytes(header: GgufHeader, hiddenSize: number, layers: number, plan: MemoryPlan): number {
  const heads = modelNumber(header, 'attention.head_count') ?? 1
  const headSize = modelNumber(header, 'attention.key_length') ?? hiddenSize / heads
  const widths = Array.from({ length: layers }, (_, layer) => keyValueWidth(header, layer, hiddenSize))
  const keysAndValues = Math.max(0, ...widths)
  const values = 4 * plan.rows * (3 * hiddenSize + 2 * heads * headSize + keysAndValues)
  if (!plan.flashAttention) return values + 4 * plan.rows * plan.cells * heads
  return values + (plan.cacheBytes === 4 ? 2 * plan.cells * keysAndValues : 0)
}

function feedForwardBytes(header: GgufHeader, hiddenSize: number, rows: number): number[] {
  const experts = modelNumber(header, 'expert_used_count') ?? 0
  const dense = modelNumber(header, 'feed_forward_length') ?? 4 * hiddenSize
  const size = experts > 0 ? experts * (modelNumber(header, 'expert_feed_forward_length') ?? dense) : dense
  return [4 * rows * (4 * hiddenSize + 3 * size), 4 * rows * hiddenSize * (experts > 0 ? 2 * experts + 6 : 0)]
}

/**
 * @param path - the model, for the message
 * @param available - bytes that the device can give
 * @throws {@link ModelError} `MODEL_TOO_LARGE` when the estimate is above them.
 */
export function checkMemory(path: string, estimate: MemoryEstimate, available: number): void {
  if (estimate.total <= available) return
  const { weights, cache, compute, total } = estimate
  throw new ModelError(
    'MODEL_TOO_LARGE',
    `'${path}' needs ${readable(total)} (weights ${readable(weights)}, cache ${readable(cache)}, computing ${readable(compute)}); ${readable(available)} are free.`,
    'Take a smaller or more strongly quantised model, or free memory (close other sessions).',
  )
}

/** Bytes for people. */
export function readable(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
