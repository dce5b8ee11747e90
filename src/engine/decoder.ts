import { callNative } from './errors.js'
import {
  loadAddon,
  type NativeBatch,
  type NativeContext,
  type NativeDecoded,
  type NativeModel,
} from './native.js'

/** Sequences that fit one context: contexts and arms together. */
const SEQUENCES = 128
/** Arms that may be decoded together. */
export const ARMS = 64
/** Rows of one decode. */
const BATCH_SIZE = 512
/** Cells that a cache has at least, so that small requests do not recreate it again and again. */
const SMALLEST_CACHE = 4096

/** What stays the same for all contexts of a model. */
export interface DecoderConfig {
  readonly threads: number
  readonly flashAttention: boolean
  readonly f32Cache: boolean
  /** Bytes of keys and values that one cell takes in all layers. */
  readonly bytesPerCell: number
  readonly freeGpuBytes: () => Promise<number | null>
}

/** A row to decode. */
export interface Row {
  readonly token: number
  readonly position: number
  readonly sequence: number
  readonly plan: number
  /** -1: no output. */
  readonly sampler: number
}

/** What is decoded beside the rows. */
export type BatchExtras = Pick<
  NativeBatch,
  'captureLayers' | 'overwriteLayer' | 'overwrite' | 'recordContext' | 'wantLogits'
>

/** Owns the llama.cpp context of a model: creates it, grows it, decodes rows in it. */
export class Decoder {
  readonly batchSize = BATCH_SIZE
  #context: NativeContext | undefined
  #cells = 0

  constructor(
    private readonly model: NativeModel,
    private readonly config: DecoderConfig,
  ) {}

  /** The context. Only after {@link reserve}. */
  get context(): NativeContext {
    return this.#context!
  }

  /** Cells that a cache may have within the memory that is free now (the cache in use counts as free). */
  async cellLimit(): Promise<number> {
    const free = (await this.config.freeGpuBytes()) ?? process.availableMemory()
    return Math.floor((free * 0.7) / this.config.bytesPerCell) + this.#cells
  }

  /** Makes room for `cells`; everything in the cache is lost when it has to grow. */
  async reserve(cells: number): Promise<void> {
    if (this.#context && this.#cells >= cells) return
    this.close()
    const wanted = Math.ceil(Math.max(cells, Math.min(SMALLEST_CACHE, await this.cellLimit())) / 256) * 256
    this.#context = await callNative(() =>
      loadAddon().createContext(this.model, {
        cells: wanted,
        batchSize: BATCH_SIZE,
        sequences: SEQUENCES,
        threads: this.config.threads,
        flashAttention: this.config.flashAttention,
        f32Cache: this.config.f32Cache,
      }),
    )
    this.#cells = wanted
  }

  /** Decodes up to {@link batchSize} rows. An aborted signal ends the decode early and rejects with its reason. */
  async decode(rows: readonly Row[], extras: BatchExtras, signal?: AbortSignal): Promise<NativeDecoded> {
    signal?.throwIfAborted()
    const context = this.context
    const column = (pick: (row: Row) => number) => Int32Array.from(rows, pick)
    const batch: NativeBatch = {
      tokens: column((row) => row.token),
      positions: column((row) => row.position),
      sequences: column((row) => row.sequence),
      plans: column((row) => row.plan),
      samplers: column((row) => row.sampler),
      ...extras,
    }
    const abort = () => {
      context.abort()
    }
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const decoded = await callNative(() => context.decode(batch))
      signal?.throwIfAborted()
      return decoded
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  close(): void {
    this.#context?.close()
    this.#context = undefined
    this.#cells = 0
  }
}
