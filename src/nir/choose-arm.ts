import type { Generation } from '../engine/index.js'
import { agreement } from './agreement.js'
import { meanEntropy, meanLogProbability } from './confidence.js'
import { ChoiceError } from './errors.js'

/** Judges a candidate; higher is better. */
export type ScoreFunction = (
  generation: Generation,
  index: number,
  all: readonly Generation[],
) => number | Promise<number>

/**
 * What makes a candidate the best:
 * - `'logProbability'`: highest mean log-probability of its tokens
 * - `'entropy'`: lowest mean entropy of the distributions its tokens came from
 * - `'agreement'`: highest mean ROUGE-L F1 of its tokens with the other candidates'
 * - a function of one's own
 */
export type Criterion = 'logProbability' | 'entropy' | 'agreement' | ScoreFunction

/** A chosen generation. */
export interface Choice {
  /** Its place among the candidates. */
  readonly index: number
  readonly generation: Generation
  /**
   * One a candidate, higher is better: nats (of entropy, with its sign turned), an F1, or what one's own function gave.
   * A candidate without tokens has −∞, unless one's own function says otherwise.
   */
  readonly scores: readonly number[]
  /**
   * How far the best score is above the second best, in the unit of the scores. `null` where there is nothing to
   * subtract: a single candidate, or one of the two scores is infinite. What else is decoded in the batch changes
   * confidences in the fourth decimal (measured with an F16 cache), so smaller margins of confidence mean nothing.
   */
  readonly margin: number | null
}

const criteria: Readonly<
  Record<Exclude<Criterion, ScoreFunction>, (all: readonly Generation[]) => number[]>
> = {
  logProbability: (all) => all.map((generation) => meanLogProbability(generation) ?? -Infinity),
  entropy: (all) => all.map((generation) => -(meanEntropy(generation) ?? Infinity)),
  agreement: (all) => {
    const scores = agreement(all.map(({ tokens }) => tokens))
    return scores.map((score, index) => (all[index]!.tokens.length === 0 ? -Infinity : score))
  },
}

/**
 * Chooses among generations from one prompt. The earlier one wins a tie.
 * @throws {@link ChoiceError} `NO_CANDIDATES`, `UNKNOWN_CRITERION`, `SCORE_NOT_A_NUMBER`.
 * @example
 * const generations = await nir.generateArms(prompt, arms)
 * const { generation, margin } = await chooseArm(generations, 'logProbability')
 * await chooseArm(generations, ({ text }) => -text.length)   // the shortest
 */
export async function chooseArm(generations: readonly Generation[], by: Criterion): Promise<Choice> {
  checkCriterion(by)
  if (generations.length === 0)
    throw new ChoiceError(
      'NO_CANDIDATES',
      'There is no candidate to choose from.',
      'Give at least one depth.',
    )
  const scores = typeof by === 'function' ? await ownScores(generations, by) : criteria[by](generations)
  const best = Math.max(...scores)
  const index = scores.indexOf(best)
  const second = Math.max(...scores.filter((_, other) => other !== index))
  const margin = best - second
  return { index, generation: generations[index]!, scores, margin: Number.isFinite(margin) ? margin : null }
}

/** @throws {@link ChoiceError} `UNKNOWN_CRITERION`. */
export function checkCriterion(by: Criterion): void {
  if (typeof by === 'function' || Object.hasOwn(criteria, by)) return
  throw new ChoiceError(
    'UNKNOWN_CRITERION',
    `by is ${JSON.stringify(by)}; expected ${Object.keys(criteria).join(', ')} or a function.`,
    'Choose among those.',
  )
}

async function ownScores(generations: readonly Generation[], by: ScoreFunction): Promise<number[]> {
  const scores = await Promise.all(generations.map((generation, index) => by(generation, index, generations)))
  scores.forEach((score, index) => {
    if (typeof score === 'number' && !Number.isNaN(score)) return
    throw new ChoiceError(
      'SCORE_NOT_A_NUMBER',
      `The function gave ${String(score)} as the score of the arm '${generations[index]!.arm}'.`,
      'Return a number for every candidate; -Infinity for one never to choose.',
    )
  })
  return scores
}
