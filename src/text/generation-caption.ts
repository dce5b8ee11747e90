/** The face of a generation; a sweep's record has it too, with what was measured. */
export interface GenerationLike {
  readonly arm: string
  readonly text: string
  readonly stopReason: string
  readonly tokens?: readonly number[]
  readonly tokenCount?: number
  readonly logProbabilities?: readonly number[]
  readonly meanLogProbability?: number | null
  readonly taskId?: number
  readonly outcome?: string | null
  readonly metrics?: Readonly<Record<string, number | null>>
}

/** Figures of a record that are shown; all others are in its table. */
const SHOWN_METRICS = ['lines', 'cyclomatic_complexity', 'volume'] as const

/** What is known of a generation, in a line. */
export function generationCaption(generation: GenerationLike): string {
  const { arm, taskId, outcome, metrics = {}, stopReason } = generation
  const count = generation.tokenCount ?? generation.tokens?.length
  const confidence = generation.meanLogProbability ?? mean(generation.logProbabilities ?? [])
  const parts = [
    ...(taskId === undefined ? [] : [`problem ${taskId}`]),
    ...(arm === '' ? [] : [arm]),
    ...(outcome === undefined || outcome === null ? [] : [outcome]),
    ...(count === undefined ? [] : [`${count} ${count === 1 ? 'token' : 'tokens'}`]),
    ...(confidence === null ? [] : [`mean log-probability ${confidence.toFixed(3)}`]),
    ...SHOWN_METRICS.flatMap((name) => {
      const value = metrics[name]
      return value === undefined || value === null
        ? []
        : [`${name.replaceAll('_', ' ')} ${Number(value.toPrecision(4))}`]
    }),
    `ended by ${stopReason}`,
  ]
  return parts.join(' · ')
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
