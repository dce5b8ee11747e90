import { InputError } from './errors.js'

/** New tokens of a generation at most, as the thesis. */
export const MAX_TOKENS = 250
/** llama.cpp takes the seed above it for "any". */
export const LARGEST_SEED = 2 ** 32 - 2

/** Text, or tokens. A text begins with the model's BOS token where the model wants one. */
export type Input = string | ArrayLike<number>

/** What a streaming callback is told, once a token. */
export interface TokenEvent {
  /** Name of the arm, `''` for a generation without arms. */
  readonly arm: string
  readonly token: number
  /** New text; may be empty while a character or a stop string is incomplete. */
  readonly text: string
}

/** How to generate. */
export interface GenerateOptions {
  /** New tokens at most. Default 250, as the thesis. */
  readonly maxTokens?: number | undefined
  /** 0 (default): greedy. */
  readonly temperature?: number | undefined
  /** Keep the k most probable tokens; 0 (default): all. */
  readonly topK?: number | undefined
  /** Keep the smallest set of tokens whose probability reaches topP; 1 (default): all. */
  readonly topP?: number | undefined
  /** Keep tokens at least minP times as probable as the best; 0 (default): all. */
  readonly minP?: number | undefined
  /** Seed of the sampler, 0 … 2³²−2. Default 0. The same seed gives the same output. */
  readonly seed?: number | undefined
  /** Generation ends before any of these strings. */
  readonly stop?: readonly string[] | undefined
  /** Return the logits of every generated token. */
  readonly logits?: boolean | undefined
  /** Return the share of attention that injected rows get. Needs a session with `flashAttention: false`. */
  readonly attentionShares?: boolean | undefined
  /** Called on every token. What it throws rejects the generation. */
  readonly onToken?: ((event: TokenEvent) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** {@link GenerateOptions} with every default in place. */
export interface ResolvedOptions {
  readonly maxTokens: number
  readonly sampling: { temperature: number; topK: number; topP: number; minP: number; seed: number }
  readonly stop: readonly string[]
  readonly logits: boolean
  readonly attentionShares: boolean
  readonly onToken: ((event: TokenEvent) => void) | undefined
  readonly signal: AbortSignal | undefined
}

/** @throws {@link InputError} `OPTION_OUT_OF_RANGE`. */
export function resolveOptions(options: GenerateOptions): ResolvedOptions {
  const stop = options.stop ?? []
  if (!Array.isArray(stop) || stop.some((text) => typeof text !== 'string' || text === ''))
    throw outOfRange('stop', stop, 'a list of non-empty strings')
  return {
    maxTokens: whole('maxTokens', options.maxTokens ?? MAX_TOKENS, 1, 2 ** 31 - 1),
    sampling: {
      temperature: real('temperature', options.temperature ?? 0, 0, 100),
      topK: whole('topK', options.topK ?? 0, 0, 2 ** 31 - 1),
      topP: real('topP', options.topP ?? 1, 0, 1),
      minP: real('minP', options.minP ?? 0, 0, 1),
      seed: whole('seed', options.seed ?? 0, 0, LARGEST_SEED),
    },
    stop,
    logits: options.logits ?? false,
    attentionShares: options.attentionShares ?? false,
    onToken: options.onToken,
    signal: options.signal,
  }
}

function whole(name: string, value: number, low: number, high: number): number {
  if (!Number.isInteger(value) || value < low || value > high)
    throw outOfRange(name, value, `a whole number from ${low} to ${high}`)
  return value
}

function real(name: string, value: number, low: number, high: number): number {
  if (typeof value !== 'number' || !(value >= low && value <= high))
    throw outOfRange(name, value, `a number from ${low} to ${high}`)
  return value
}

function outOfRange(name: string, value: unknown, expected: string): InputError {
  const given = typeof value === 'number' ? String(value) : JSON.stringify(value)
  return new InputError(
    'OPTION_OUT_OF_RANGE',
    `${name} is ${given}; expected ${expected}.`,
    `Change ${name}.`,
  )
}
