import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '../package-root.js'
import { EngineError } from './errors.js'

/** What `info()` of a loaded model tells. */
export interface NativeModelInfo {
  readonly layerCount: number
  readonly hiddenSize: number
  readonly vocabularySize: number
  readonly trainingContextSize: number
  /** 0: none. */
  readonly slidingWindow: number
  readonly sizeBytes: number
  readonly hasTokenizer: boolean
  /** The BOS token that texts begin with, or -1. */
  readonly bosToken: number
  /** Why hidden states cannot be injected into this kind of model; empty when they can. */
  readonly unsupportedReason: string
}

/** The addon's face of `nir::Model`. */
export interface NativeModel {
  info(): NativeModelInfo
  metadata(key: string): string
  tokenize(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array
  detokenize(tokens: Int32Array, special: boolean): Buffer
  piece(token: number, special: boolean): Buffer
  isEnd(token: number): boolean
  chat(messages: readonly { role: string; content: string }[]): string
  close(): void
}

/** Hidden states of rows of a batch at the input of a decoder layer: `[count, hiddenSize]`, read or written natively. */
export interface NativeStates {
  row: number
  count: number
  layer: number
  states: Float32Array
}

/** The rows of one decode; the first five arrays have one entry a row. See `native/core/batch.hpp`. */
export interface NativeBatch {
  tokens: Int32Array
  positions: Int32Array
  sequences: Int32Array
  /** A plan's id, or -1. */
  plans: Int32Array
  /** A sampler's id, or -1. */
  samplers: Int32Array
  captures: readonly NativeStates[]
  overwrites: readonly NativeStates[]
  /** Sequences whose cells are remembered, so that plans may name them. */
  recorded: Int32Array
  /** Rows whose logits are wanted, ascending. */
  logitRows: Int32Array
  /** Rows whose attention to their contexts is wanted, ascending. */
  attentionRows: Int32Array
}

/** What one decode gives. */
export interface NativeDecoded {
  /** One a row with a sampler, in the order of the rows; -1: the logits are not finite. */
  readonly tokens: Int32Array
  /** In nats, as the entropies. */
  readonly logProbabilities: Float32Array
  readonly entropies: Float32Array
  /** `[logit rows, vocabularySize]` */
  readonly logits: Float32Array
  /** `[attention rows, layerCount, heads]` */
  readonly attention: Float32Array
}

/** What happens to a hidden state at the input of a layer, for positions `first` ≤ p < `last`. */
export interface NativeEdit {
  layer: number
  first: number
  last: number
  /** Else added. */
  replace: boolean
  /** `hiddenSize` values for every position, or `[last − first, hiddenSize]`. */
  values: Float32Array
}

/** What is done to the rows of a sequence. */
export interface NativePlan {
  /** Triples: sequence of the context, first layer that sees it, first layer that no longer does. */
  visible: Int32Array
  edits: readonly NativeEdit[]
  /** Quadruples: first layer, layer after the last, first position, amount by which positions are moved. */
  shifts: Int32Array
}

/** The addon's face of `nir::Context`. One decode at a time. */
export interface NativeContext {
  decode(batch: NativeBatch): Promise<NativeDecoded>
  probe(): Promise<void>
  definePlan(plan: NativePlan): number
  defineSampler(sampling: {
    temperature: number
    topK: number
    topP: number
    minP: number
    seed: number
  }): number
  releasePlan(id: number): void
  releaseSampler(id: number): void
  removeSequence(sequence: number): void
  /** Forgets every sequence. */
  clear(): void
  /** Asks a running decode to stop as soon as it can; it then rejects with the code `ABORTED`. */
  abort(): void
  close(): void
}

/** Sizes of a {@link NativeContext}. */
interface NativeContextOptions {
  cells: number
  batchSize: number
  sequences: number
  threads: number
  flashAttention: boolean
  f32Cache: boolean
}

interface Addon {
  /** Rounds to half precision, to the nearest even. */
  toHalf(values: Float32Array): Uint16Array
  fromHalf(halves: Uint16Array): Float32Array
  loadLibrary(path?: string): { path: string; version: string }
  /**
   * `overrides`: whole numbers that take the place of the file's metadata. `onProgress` is told the share that is loaded,
   * once a percent.
   */
  loadModel(
    path: string,
    gpuLayers: number,
    overrides?: Readonly<Record<string, number>>,
    onProgress?: (share: number) => void,
  ): Promise<NativeModel>
  createContext(model: NativeModel, options: NativeContextOptions): Promise<NativeContext>
}

let addon: Addon | undefined

/** Loads the addon that `npm install` built. Throws {@link EngineError} when it is not there. */
export function loadAddon(): Addon {
  if (addon) return addon
  const path = findAddon()
  try {
    addon = createRequire(import.meta.url)(path) as Addon
  } catch (error) {
    throw new EngineError(
      'ADDON_FAILED',
      `The engine '${path}' does not load.`,
      'Build it again: npm run build.',
      {
        cause: error,
      },
    )
  }
  return addon
}

function findAddon(): string {
  const path = join(packageRoot(), 'native', 'build', 'Release', 'nir_engine.node')
  if (existsSync(path)) return path
  throw new EngineError('ADDON_MISSING', 'The native engine has not been built.', 'Run: npm run build.')
}
