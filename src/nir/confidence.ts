import type { Generation } from '../engine/index.js'

/** Mean log-probability of the tokens under the model's own distribution, nats; `null` without a token. */
export function meanLogProbability({
  logProbabilities,
}: Pick<Generation, 'logProbabilities'>): number | null {
  return mean(logProbabilities)
}

/** Mean entropy of the distributions that the tokens came from, nats; `null` without a token. */
export function meanEntropy({ entropies }: Pick<Generation, 'entropies'>): number | null {
  return mean(entropies)
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}
