import type { Llama, LlamaGpuType } from 'node-llama-cpp'
import { EngineError, callNativeSync } from './errors.js'
import { loadAddon } from './native.js'

/** Which accelerator to use; `'auto'` takes the best that this machine has, `false` the CPU. */
export type GpuOption = 'auto' | 'cuda' | 'metal' | 'vulkan' | false

/** The libraries of llama.cpp that node-llama-cpp chose, loaded into the process. */
export interface Backend {
  readonly gpu: Exclude<GpuOption, 'auto'>
  /** Bytes that models and caches may still take on the accelerator; `null` on the CPU. */
  freeGpuBytes(): Promise<number | null>
}

/** What was opened, by option: node-llama-cpp's handles are not freed whole, so each is kept for the process. */
const opened = new Map<GpuOption, Promise<Backend>>()

/**
 * Lets node-llama-cpp choose a backend, and resolves the engine's symbols in its libraries.
 * @throws {@link EngineError} `BACKEND_FAILED`, `BACKEND_CHANGED`, `LIBRARY_NOT_FOUND`, `LIBRARY_MISMATCH`.
 */
export function openBackend(gpu: GpuOption): Promise<Backend> {
  const known = opened.get(gpu)
  if (known) return known
  const opening = open(gpu)
  opened.set(gpu, opening)
  opening.catch(() => opened.delete(gpu)) // the next session may have more luck
  return opening
}

async function open(gpu: GpuOption): Promise<Backend> {
  const addon = loadAddon()
  const { getLlama, LlamaLogLevel } = await import('node-llama-cpp')
  let llama: Llama
  try {
    // llama.cpp logs an aborted decode as an error; what matters of its errors reaches ours.
    llama = await getLlama({ gpu, build: 'never', logLevel: LlamaLogLevel.fatal, progressLogs: false })
  } catch (error) {
    throw new EngineError(
      'BACKEND_FAILED',
      `node-llama-cpp has no '${String(gpu)}' backend for this machine: ${(error as Error).message}`,
      'Leave gpu out, or give gpu: false for the CPU.',
      { cause: error },
    )
  }
  try {
    callNativeSync(() => addon.loadLibrary())
    requireSameBackend(llama.gpu)
  } catch (error) {
    await llama.dispose()
    throw error
  }
  return {
    gpu: llama.gpu,
    freeGpuBytes: async () => (llama.gpu === false ? null : (await llama.getVramState()).free),
  }
}

let bound: LlamaGpuType | undefined

/** The engine's symbols are those of the first libraries that were loaded; others would be loaded in vain. */
function requireSameBackend(gpu: LlamaGpuType): void {
  bound ??= gpu
  if (bound === gpu) return
  throw new EngineError(
    'BACKEND_CHANGED',
    `This process already uses the ${name(bound)} backend; the ${name(gpu)} one was asked for.`,
    'Use one gpu option for all sessions of a process, or start another process.',
  )
}

function name(gpu: LlamaGpuType): string {
  return gpu === false ? 'CPU' : gpu
}
