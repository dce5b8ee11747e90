import { modelNumber } from './attention.js'
import type { GgufHeader } from './types.js'

const KEY = 'rope.scaling.original_context_length'

/**
 * The longest text for which the short RoPE factors of a LongRoPE model (such as Phi-3-128k) are meant, in tokens;
 * `null` for models that have one set of factors, or none.
 */
export function longRopeThreshold(header: GgufHeader): number | null {
  const hasFactors = header.tensors.some(({ name }) => /^rope_factors_(long|short)\.weight$/.test(name))
  if (!hasFactors) return null
  return modelNumber(header, KEY) ?? modelNumber(header, 'context_length') ?? null
}

/**
 * Metadata that make llama.cpp take one set of RoPE factors, the one for sequences of `contextSize`, whatever the
 * cache's size; `{}` for models that have one set. llama.cpp compares the original context length with the cells of the
 * whole cache, not with a sequence (`llama_model::get_rope_factors`; `n_ctx_seq` is `n_ctx` in a unified cache). Our
 * cache grows with what runs at once, and hidden states must not change with it.
 *
 * The original context length serves nothing else in a model with factors: only YaRN reads it too.
 */
export function longRopeOverrides(header: GgufHeader, contextSize: number): Record<string, number> {
  const threshold = longRopeThreshold(header)
  if (threshold === null) return {}
  const architecture = String(header.metadata.get('general.architecture'))
  return { [`${architecture}.${KEY}`]: contextSize <= threshold ? 2 ** 31 - 1 : 1 }
}
