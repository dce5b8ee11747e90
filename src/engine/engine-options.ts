import { availableParallelism } from 'node:os'
import type { GpuOption } from './backend.js'
import { InputError } from './errors.js'
import { modelNumber } from './gguf/attention.js'
import type { GgufHeader } from './gguf/types.js'

/** Bytes of weights below which a model is small. */
const SMALL_MODEL = 64e6

/** How to open a model. */
export interface EngineOptions {
  /** Path of a GGUF. */
  readonly path: string
  /** Default `'auto'`. */
  readonly gpu?: GpuOption | undefined
  /** Threads for the CPU's part of the work. Default: one for models under 64 MB, else all that this process may use. */
  readonly threads?: number | undefined
  /**
   * Longest sequence (context, prompt and new tokens), in tokens. Default: the model's own, at most 8192. For a model
   * with two sets of RoPE factors (LongRoPE, such as Phi-3-128k) it decides which are used: the long ones above the
   * model's original context length (often 4096), else the short ones.
   */
  readonly contextSize?: number | undefined
  /**
   * Default: true, but false for models under 64 MB on the CPU, where it is the slower way. Without it logits are closer
   * to exact arithmetic, and `attentionShares` can be had.
   */
  readonly flashAttention?: boolean | undefined
  /** Numbers in which keys and values are kept. Default `'f16'`. */
  readonly cacheType?: 'f16' | 'f32' | undefined
  /**
   * Run one sequence at a time, in an empty cache. Default false: what runs together shares batches, which is faster,
   * and may change the last bits of the logits (see docs/decisions/continuous-batching.md).
   */
  readonly exact?: boolean | undefined
  /** Told the share of the weights that is loaded, 0 to 1, once a percent. */
  readonly onLoad?: ((share: number) => void) | undefined
}

/** @throws {@link InputError} `OPTION_OUT_OF_RANGE`. */
export function checkOptions(options: EngineOptions): void {
  const whole = (name: 'threads' | 'contextSize', high: number) => {
    const value = options[name]
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= high)) return
    throw new InputError(
      'OPTION_OUT_OF_RANGE',
      `${name} is ${String(value)}; expected a whole number from 1 to ${high}.`,
      `Change ${name}.`,
    )
  }
  whole('threads', 512)
  whole('contextSize', 2 ** 24)
}

/** Longest sequence of a session, in tokens. */
export function contextSizeOf(options: EngineOptions, header: GgufHeader): number {
  return options.contextSize ?? Math.min(modelNumber(header, 'context_length')!, 8192)
}

/** Bytes of one number in the KV cache. */
export function cacheBytesOf(options: EngineOptions): 2 | 4 {
  return options.cacheType === 'f32' ? 4 : 2
}

/** Many sequences in one cache are what small models spend their time on: see docs/decisions/continuous-batching.md. */
export function flashAttentionOf(options: EngineOptions, sizeBytes: number, onCpu: boolean): boolean {
  return options.flashAttention ?? !(onCpu && sizeBytes < SMALL_MODEL)
}

/** Small models gain little from threads, and lose much on a busy machine: see docs/decisions/steps-from-typescript.md. */
export function threadsOf(options: EngineOptions, sizeBytes: number): number {
  return options.threads ?? (sizeBytes < SMALL_MODEL ? 1 : availableParallelism())
}

/**
 * Arms that are decoded together with gain: those of several problems at once. An accelerator wants many. A processor
 * gains little beyond a few rows, and loses with a small model, whose attention has all cells to go through.
 */
export function lanesOf(sizeBytes: number, onCpu: boolean): number {
  if (!onCpu) return 120
  return sizeBytes < SMALL_MODEL ? 1 : 32
}
