import { contextSizeOf, type EngineOptions } from './engine-options.js'
import type { GgufHeader } from './gguf/types.js'
import type { NativeModelInfo } from './native.js'

/** What is known of the loaded model. */
export interface ModelInfo {
  readonly name: string
  /** As in the GGUF, e.g. `llama`. */
  readonly architecture: string
  readonly path: string
  /** Decoder layers. */
  readonly layerCount: number
  readonly hiddenSize: number
  readonly vocabularySize: number
  /** Longest sequence of this session, in tokens. */
  readonly contextSize: number
  /** Tokens that layers with sliding-window attention see at most; `null`: every layer sees all. */
  readonly slidingWindow: number | null
  /** Bytes of the weights. */
  readonly sizeBytes: number
}

export function modelInfo(options: EngineOptions, header: GgufHeader, native: NativeModelInfo): ModelInfo {
  const architecture = String(header.metadata.get('general.architecture'))
  return {
    name: String(header.metadata.get('general.name') ?? architecture),
    architecture,
    path: options.path,
    layerCount: native.layerCount,
    hiddenSize: native.hiddenSize,
    vocabularySize: native.vocabularySize,
    contextSize: contextSizeOf(options, header),
    slidingWindow: native.slidingWindow > 0 ? native.slidingWindow : null,
    sizeBytes: native.sizeBytes,
  }
}
