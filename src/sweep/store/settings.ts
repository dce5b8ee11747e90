import type { Prompts } from '../../nir/index.js'
import { StudyError } from './errors.js'
import { hashOf, type Json } from './hash.js'

/**
 * What all work of a study has in common and what, beside the problem, the sample and the arm, determines its results.
 * Two studies with the same settings can be merged; a study is never continued with others.
 */
export interface StudySettings {
  readonly model: { readonly sha256: string; readonly name: string }
  /** Versions of NIR Lab and of the llama.cpp that node-llama-cpp brings. */
  readonly code: { readonly nirLab: string; readonly nodeLlamaCpp: string }
  /** How the session computes; `null`: by default. */
  readonly engine: {
    readonly contextSize: number
    readonly flashAttention: boolean | null
    readonly cacheType: 'f16' | 'f32'
    readonly exact: boolean
  }
  readonly prompts: Prompts
  /** Are contexts what the model thought, or given by the caller? */
  readonly context: 'thought' | 'given'
  readonly seed: number
  readonly temperature: number
  readonly maxTokens: number
  readonly maxThinkingTokens: number
  /** `null`: the fence that closes the code, where an arm's prompt opens one. */
  readonly stop: readonly string[] | null
}

/** The hash that all keys of a study begin with. */
export function settingsHash(settings: StudySettings): string {
  return hashOf(asJson(settings))
}

/** Goes through every field, with its path, such as `engine.exact`. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  'model.sha256': (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  'model.name': isText,
  'code.nirLab': isText,
  'code.nodeLlamaCpp': isText,
  'engine.contextSize': isCount,
  'engine.flashAttention': (value) => value === null || typeof value === 'boolean',
  'engine.cacheType': (value) => value === 'f16' || value === 'f32',
  'engine.exact': (value) => typeof value === 'boolean',
  'prompts.thinking.user': isText,
  'prompts.thinking.assistant': isText,
  'prompts.generation.user': isText,
  'prompts.generation.assistant': isText,
  context: (value) => value === 'thought' || value === 'given',
  seed: isCount,
  temperature: (value) => typeof value === 'number' && value >= 0,
  maxTokens: isCount,
  maxThinkingTokens: isCount,
  stop: (value) => value === null || (Array.isArray(value) && value.every(isText)),
}

/** Is this a study's settings? Gives the first field that is not. */
export function invalidField(value: unknown): string | null {
  return Object.entries(FIELDS).find(([path, isValid]) => !isValid(at(value, path)))?.[0] ?? null
}

/**
 * @throws {@link StudyError} `STUDY_DIFFERS`, with every field in which they differ.
 */
export function requireSame(stored: StudySettings, wanted: StudySettings, what: string): void {
  const differing = Object.keys(FIELDS).filter(
    (path) => JSON.stringify(at(stored, path)) !== JSON.stringify(at(wanted, path)),
  )
  if (differing.length === 0) return
  const said = differing.map(
    (path) => `${path} is ${brief(at(stored, path))} there and ${brief(at(wanted, path))} here`,
  )
  throw new StudyError(
    'STUDY_DIFFERS',
    `${what} was made otherwise: ${said.join('; ')}.`,
    'Use the same model, options and version, or another folder.',
  )
}

export function asJson(settings: StudySettings): Json {
  return settings as unknown as Json
}

function at(value: unknown, path: string): unknown {
  let found = value
  for (const key of path.split('.')) found = (found as Record<string, unknown> | null | undefined)?.[key]
  return found
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}
