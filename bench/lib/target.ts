import { flashAttentionOf, threadsOf } from '../../src/engine/engine-options.js'
import { readGgufHeader } from '../../src/engine/gguf/read.js'
import { endlessEmbeddedModel } from './endless-model.js'
import { randomModel, shapes } from './random-model.js'

/** Options that all engine benchmarks take; for `parseArgs`. */
export const commonOptions = {
  /** `embedded`, `1.1B`, `8B`. */
  model: { type: 'string', default: '1.1B' },
  pairs: { type: 'string' },
  threads: { type: 'string' },
  /** `on`, `off`; default: as the engine does on the CPU. */
  'flash-attention': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/** The model that a benchmark runs on, and how. */
export interface Target {
  readonly name: string
  readonly path: string
  /** Threads of every side. */
  readonly threads: number
  /** Of every side. */
  readonly flashAttention: boolean
  readonly layers: number
  readonly vocabularySize: number
  readonly contextSize: number
  /**
   * Milliseconds to wait before the other side's turn: idle threads of llama.cpp spin for a while, and would take its
   * cores.
   */
  readonly pause: number
  /** It is so large that each step counts: fewer steps are run. */
  readonly large: boolean
}

/** What of {@link commonOptions} decides on the target. */
interface CommonValues {
  readonly model: string
  readonly threads?: string | undefined
  readonly 'flash-attention'?: string | undefined
}

/** Makes the model where it is not there yet. Threads and flash attention are by default as the engine has them. */
export async function target(values: CommonValues): Promise<Target> {
  const name = values.model
  const path = await pathOf(name)
  const { metadata, fileBytes } = await readGgufHeader(path)
  const large = name !== 'embedded'
  const threads = whole('threads', values.threads, threadsOf({ path }, fileBytes))
  const tokens = metadata.get('tokenizer.ggml.tokens') as { length: number }
  return {
    name,
    path,
    threads,
    pause: threads > 1 ? 250 : 0,
    flashAttention: flashAttentionOf(
      { path, flashAttention: onOff(values['flash-attention']) },
      fileBytes,
      true,
    ),
    layers: Number(metadata.get('llama.block_count')),
    vocabularySize: tokens.length,
    contextSize: Number(metadata.get('llama.context_length')),
    large,
  }
}

async function pathOf(name: string): Promise<string> {
  if (name === 'embedded') return endlessEmbeddedModel()
  if (name in shapes) return randomModel(name as keyof typeof shapes)
  throw new Error(`--model is '${name}'; expected one of embedded, ${Object.keys(shapes).join(', ')}.`)
}

function onOff(given: string | undefined): boolean | undefined {
  if (given === undefined) return undefined
  if (given === 'on' || given === 'off') return given === 'on'
  throw new Error(`--flash-attention is '${given}'; expected on or off.`)
}

/** The value of an option that is a positive whole number. */
export function whole(name: string, given: string | undefined, byDefault: number): number {
  const value = given === undefined ? byDefault : Number(given)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`--${name} is '${given}'; expected a positive whole number.`)
}

/** The thesis' depths 1, 10 and 23 of 32 layers, for a model of `layers`. */
export function thesisDepths(layers: number): number[] {
  return [1, 10, 23].map((depth) => Math.max(1, Math.round((depth * layers) / 32)))
}
