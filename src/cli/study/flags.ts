import type { ConfigOverrides } from '../../index.js'
import { UsageError } from '../errors.js'

/** What of a configuration can be given as a flag; each takes the place of the file's. */
export const CONFIG_FLAGS = {
  model: { type: 'string' },
  'context-size': { type: 'string' },
  exact: { type: 'boolean' },
  gpu: { type: 'string' },
  threads: { type: 'string' },
  problems: { type: 'string' },
  limit: { type: 'string' },
  context: { type: 'string' },
  layers: { type: 'string' },
  mapping: { type: 'string' },
  samples: { type: 'string' },
  seed: { type: 'string' },
  temperature: { type: 'string' },
  'max-tokens': { type: 'string' },
  'max-thinking-tokens': { type: 'string' },
  study: { type: 'string' },
} as const

type FlagValues = { readonly [Flag in keyof typeof CONFIG_FLAGS]?: string | boolean | undefined }

/** The flags as part of a configuration; what a value may be is the schema's business. */
export function overridesFrom(flags: FlagValues): ConfigOverrides {
  const { exact, gpu, context, layers } = flags
  const session = given({
    contextSize: number(flags, 'context-size'),
    exact,
    gpu: gpu === 'none' ? false : gpu,
    threads: number(flags, 'threads'),
  })
  const problems = given({ source: flags.problems, limit: number(flags, 'limit') })
  return given({
    model: flags.model,
    session,
    problems,
    context:
      typeof context === 'string' && !['thought', 'reference'].includes(context)
        ? { file: context }
        : context,
    layers: typeof layers === 'string' && layers !== 'all' ? layers.split(',').map(depth) : layers,
    mapping: flags.mapping,
    samples: number(flags, 'samples'),
    seed: number(flags, 'seed'),
    temperature: number(flags, 'temperature'),
    maxTokens: number(flags, 'max-tokens'),
    maxThinkingTokens: number(flags, 'max-thinking-tokens'),
    study: flags.study,
  }) as ConfigOverrides
}

/** Only what was given; nothing at all where nothing was. */
function given(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined)
  return present.length > 0 ? Object.fromEntries(present) : undefined
}

function number(flags: FlagValues, flag: keyof FlagValues): number | undefined {
  const text = flags[flag]
  if (typeof text !== 'string') return undefined
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new UsageError(`--${flag} ${text} is not a number.`, 'See nir sweep --help.')
}

function depth(text: string): unknown {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : text.trim()
}
