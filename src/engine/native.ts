import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '../package-root.js'
import { EngineError } from './errors.js'

/** What `info()` of a loaded model tells. */
interface NativeModelInfo {
  readonly layerCount: number
  readonly hiddenSize: number
  readonly vocabularySize: number
  readonly trainingContextSize: number
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

/** The rows of one decode; every array has one entry a row. See `native/core/context.hpp`. */
export interface NativeBatch {
  tokens: Int32Array
  positions: Int32Array
  sequences: Int32Array
  /** A plan's id, or -1. */
  plans: Int32Array
  /** A sampler's id; -1: no output; -2: logits only. */
  samplers: Int32Array
  captureLayers?: Int32Array
  overwriteLayer?: number
  overwrite?: Float32Array
  recordContext?: boolean
  wantLogits?: boolean
}

/** What one decode gives. */
export interface NativeDecoded {
  tokens: Int32Array
  logProbabilities: Float32Array
  logits?: Float32Array
  captured: Float32Array[]
}

/** An intervention on rows: `visible` holds (context sequence, from, until) triples. */
export interface NativePlan {
  visible: Int32Array
  additions: readonly { layer: number; vector: Float32Array }[]
  shift: number
  shiftFrom: number
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
  loadLibrary(path?: string): { path: string; version: string }
  loadModel(path: string, gpuLayers: number): Promise<NativeModel>
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
