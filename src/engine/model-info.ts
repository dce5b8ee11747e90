import { contextSizeOf, type EngineOptions } from './engine-options.js'
import { modelNumber } from './gguf/attention.js'
import { checkGguf } from './gguf/check.js'
import type { GgufHeader } from './gguf/types.js'
import type { NativeModelInfo } from './native.js'

/** What the header of a model's file tells. */
export interface ModelDescription {
  readonly name: string
  /** As in the GGUF, e.g. `llama`. */
  readonly architecture: string
  readonly path: string
  /** Decoder layers. */
  readonly layerCount: number
  readonly hiddenSize: number
  /** Longest sequence of this session, in tokens. */
  readonly contextSize: number
}

/** What is known of the loaded model. */
export interface ModelInfo extends ModelDescription {
  readonly vocabularySize: number
  /** Tokens that layers with sliding-window attention see at most; `null`: every layer sees all. */
  readonly slidingWindow: number | null
  /** Bytes of the weights. */
  readonly sizeBytes: number
}

/**
 * Describes a model without loading it.
 * @throws {@link ModelError}
 */
export async function describeModel(options: EngineOptions): Promise<ModelDescription> {
  const header = await checkGguf(options.path)
  return {
    ...namesOf(options, header),
    layerCount: modelNumber(header, 'block_count')!,
    hiddenSize: modelNumber(header, 'embedding_length')!,
  }
}

export function modelInfo(options: EngineOptions, header: GgufHeader, native: NativeModelInfo): ModelInfo {
  return {
    ...namesOf(options, header),
    layerCount: native.layerCount,
    hiddenSize: native.hiddenSize,
    vocabularySize: native.vocabularySize,
    slidingWindow: native.slidingWindow > 0 ? native.slidingWindow : null,
    sizeBytes: native.sizeBytes,
  }
}

function namesOf(options: EngineOptions, header: GgufHeader) {
  const architecture = String(header.metadata.get('general.architecture'))
  return {
    name: String(header.metadata.get('general.name') ?? architecture),
    architecture,
    path: options.path,
    contextSize: contextSizeOf(options, header),
  }
}
