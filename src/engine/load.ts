import { openBackend, type Backend } from './backend.js'
import { BATCH_SIZE, SEQUENCES } from './decoder.js'
import { cacheBytesOf, contextSizeOf, flashAttentionOf, type EngineOptions } from './engine-options.js'
import { ModelError, callNative } from './errors.js'
import { freeMemory } from './free-memory.js'
import { checkGguf } from './gguf/check.js'
import { longRopeOverrides } from './gguf/long-rope.js'
import { checkMemory, estimateMemory } from './gguf/memory.js'
import type { GgufHeader } from './gguf/types.js'
import { loadAddon, type NativeModel } from './native.js'

/** A model's weights, and the libraries that use them. */
export interface LoadedModel {
  readonly header: GgufHeader
  readonly native: NativeModel
  readonly backend: Backend
}

/** Cells of the smallest cache: where memory is short, a decoder begins with it. */
const FEWEST_CELLS = 256

/** Checks a GGUF, and that the memory will do; loads it, all layers on the accelerator where there is one. */
export async function loadModel(options: EngineOptions): Promise<LoadedModel> {
  const { path } = options
  const header = await checkGguf(path)
  const backend = await openBackend(options.gpu ?? 'auto')
  let native: NativeModel | undefined
  try {
    await requireMemory(options, header, backend)
    native = await callNative(() =>
      loadAddon().loadModel(
        path,
        backend.gpu === false ? 0 : -1,
        longRopeOverrides(header, contextSizeOf(options, header)),
        options.onLoad,
      ),
    )
    const { unsupportedReason } = native.info()
    if (unsupportedReason !== '')
      throw new ModelError(
        'UNSUPPORTED_ARCHITECTURE',
        `'${path}' cannot be used: ${unsupportedReason}.`,
        'Use a decoder-only transformer with full attention, such as LLaMA or Qwen2.',
      )
    return { header, native, backend }
  } catch (error) {
    native?.close()
    throw error
  }
}

/** @throws {@link ModelError} `MODEL_TOO_LARGE` where the smallest decoder does not fit into the free memory. */
export async function requireMemory(
  options: EngineOptions,
  header: GgufHeader,
  backend: Backend,
): Promise<void> {
  const free = await backend.freeGpuBytes()
  const estimate = estimateMemory(header, {
    cells: FEWEST_CELLS,
    cacheBytes: cacheBytesOf(options),
    rows: BATCH_SIZE,
    outputs: SEQUENCES,
    flashAttention: flashAttentionOf(options, header.fileBytes, free === null),
    accelerator: free !== null,
  })
  checkMemory(options.path, estimate, free ?? freeMemory())
}
