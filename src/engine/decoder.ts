import { EngineError, callNative } from './errors.js'
import { freeMemory } from './free-memory.js'
import {
  loadAddon,
  type NativeBatch,
  type NativeContext,
  type NativeDecoded,
  type NativeModel,
} from './native.js'

/** Sequences that fit one context: contexts and arms together. Also the output rows of one decode. */
export const SEQUENCES = 128
/** Rows of one decode. */
export const BATCH_SIZE = 512
/** Cells that a cache has at least, so that small requests do not recreate it again and again. */
const SMALLEST_CACHE = 4096
/** Of the memory that is free, at most so much for what has to be; and so much for what would be faster. */
const LARGEST_SHARE = 0.7
const PLENTY_SHARE = 0.25

/** What stays the same for all contexts of a model. */
export interface DecoderConfig {
  readonly threads: number
  readonly flashAttention: boolean
  readonly f32Cache: boolean
  /** Bytes that one more cell takes: its keys and values, and what a decode works in. */
  readonly bytesPerCell: number
  readonly freeGpuBytes: () => Promise<number | null>
}

/** Owns the llama.cpp context of a model: creates it, grows it, decodes in it. */
export class Decoder {
  #context: NativeContext | undefined
  #cells = 0
  #canGrow = true

  constructor(
    private readonly model: NativeModel,
    private readonly config: DecoderConfig,
  ) {}

  /** The context. Only after {@link reserve}. */
  get context(): NativeContext {
    return this.#context!
  }

  /** Cells of the cache; 0 when there is none. */
  get cells(): number {
    return this.#cells
  }

  /** Would a larger cache be tried if more was wanted? */
  get canGrow(): boolean {
    return this.#canGrow
  }

  /**
   * Gives the cache room for `needed` cells, and for `wanted` where there is plenty of memory. What is in it is lost
   * when it grows.
   * @throws {@link EngineError} `OUT_OF_MEMORY`, `CONTEXT_FAILED`; there is no cache then.
   */
  async reserve(needed: number, wanted: number): Promise<void> {
    if (this.#cells >= Math.max(needed, wanted)) return
    const free = ((await this.config.freeGpuBytes()) ?? freeMemory()) / this.config.bytesPerCell
    const limit = Math.floor(free * LARGEST_SHARE) + this.#cells
    if (needed > limit) {
      const size = (cells: number) => `${((cells * this.config.bytesPerCell) / 2 ** 20).toFixed(0)} MiB`
      throw new EngineError(
        'OUT_OF_MEMORY',
        `The KV cache would need ${needed} cells (${size(needed)}); there is memory for ${limit} (${size(limit)}).`,
        'Give a smaller maxTokens, a shorter prompt or context, or close other sessions.',
      )
    }
    const plenty = Math.floor(free * PLENTY_SHARE) + this.#cells
    this.#canGrow = plenty > wanted
    const padded = (cells: number) => 256 * Math.ceil(cells / 256)
    const cells = padded(Math.max(needed, Math.min(plenty, Math.max(wanted, SMALLEST_CACHE))))
    if (cells <= this.#cells) return
    this.close()
    try {
      await this.#create(cells)
    } catch (error) {
      if (cells === padded(needed)) throw error
      this.#canGrow = false
      await this.#create(padded(needed))
    }
  }

  async #create(cells: number): Promise<void> {
    this.#context = await callNative(() =>
      loadAddon().createContext(this.model, {
        cells,
        batchSize: BATCH_SIZE,
        sequences: SEQUENCES,
        threads: this.config.threads,
        flashAttention: this.config.flashAttention,
        f32Cache: this.config.f32Cache,
      }),
    )
    this.#cells = cells
  }

  /** Decodes a batch. When it rejects, the cache is as before. */
  decode(batch: NativeBatch): Promise<NativeDecoded> {
    return callNative(() => this.context.decode(batch))
  }

  close(): void {
    this.#context?.close()
    this.#context = undefined
    this.#cells = 0
  }
}
