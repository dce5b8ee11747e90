import type { EngineOptions } from '../../engine/index.js'
import type { PromptFiles } from '../../nir/index.js'
import type { ProblemColumns } from '../../problems/index.js'
import type { SweepOptions } from '../plan.js'

/** Which problems a study has. */
export interface ConfiguredProblems {
  /** `'embedded'` (default), `'mbpp'`, `'mbpp-sanitized'`, `'humaneval'`, or the path of a .json, .jsonl or .csv file. */
  readonly source?: string | undefined
  /** First and last `task_id`, both included: `[11, 510]` is MBPP's test split. */
  readonly range?: readonly [first: number, last: number] | undefined
  /** These problems only, by their `task_id`. */
  readonly taskIds?: readonly number[] | undefined
  /** At most this many, from the start of what is left. */
  readonly limit?: number | undefined
  /** What a file of yours calls its fields, where it differs from MBPP. */
  readonly columns?: { readonly [Field in keyof ProblemColumns]: string | undefined } | undefined
  /** The SHA-256 (hexadecimal) that the file or download must have. */
  readonly sha256?: string | undefined
}

type ConfiguredOption =
  | ('layers' | 'mapping' | 'decodePositions' | 'grid' | 'arms' | 'samples' | 'seed' | 'temperature')
  | ('maxTokens' | 'maxThinkingTokens' | 'stop' | 'keepCrvs')

/** What a study does, as data; the fields that are not here are those of a sweep. `nir sweep --schema` has every one. */
export interface StudyConfig extends Pick<SweepOptions, ConfiguredOption> {
  /** Of this form. */
  readonly version: 1
  /** A model, or name → model: each is swept into a study of its own. Default `'embedded'`. */
  readonly model?: string | Readonly<Record<string, string>> | undefined
  /** How the model is opened. */
  readonly session?: Omit<EngineOptions, 'path' | 'onLoad'> | undefined
  /** Template files that replace ours. */
  readonly prompts?: PromptFiles | undefined
  /** A set's name or a file's path, or which of its problems. Default `'embedded'`. */
  readonly problems?: string | ConfiguredProblems | undefined
  /**
   * What is captured and injected: `'thought'` (default), what the model thinks of the problem; `'reference'`, the reference
   * contexts of the embedded problems; or contexts from a JSONL file with `task_id` and `context` on each line.
   */
  readonly context?: 'thought' | 'reference' | { readonly file: string } | undefined
  /** The study's folder; with several models, a folder each in it. */
  readonly study?: string | undefined
}
