import type { SweepRecord } from '../sweep/record.js'
import { AnalysisError } from './errors.js'
import { ordered } from './order.js'

/** The model's own confidence in a generation: the highest mean log-probability, or the lowest mean entropy, wins. */
export type Confidence = 'meanLogProbability' | 'meanEntropy'

/** The record of the depth that was chosen for a problem and sample. */
export interface AdaptiveRecord extends SweepRecord {
  readonly arm: 'adaptive'
  /** No single depth; the chosen one is in {@link AdaptiveRecord.chosenLayer}. */
  readonly layer: null
  readonly chosenLayer: number
  /**
   * How far the confidence is above that of the second best depth, nats, at least 0. `null` where fewer than two
   * depths have a token.
   */
  readonly margin: number | null
}

const signs: Readonly<Record<Confidence, 1 | -1>> = { meanLogProbability: 1, meanEntropy: -1 }

/**
 * Adaptive depth, after the fact: for every problem and sample the record of the injection depth that the model was
 * most sure of, renamed to the arm `adaptive`. Beside the records it came from, it can be compared with the fixed
 * depths and the original by every table and test.
 *
 * The choice is among injections: arms without a layer (the original, an earlier choice) are no candidates, since
 * choosing the original where it is surer would compare the original with itself. The lower layer wins a tie.
 * The choice sees no outcome, so the comparison needs no held-out problems.
 *
 * @throws AnalysisError `NO_RECORDS` (also where no record has a layer), `DUPLICATE_RECORD`, `INVALID_ARGUMENT`.
 * @example
 * ```ts
 * const { records } = await nir.sweep({ problems })
 * thesisTable([...records, ...adaptiveRecords(records, 'meanLogProbability')], 'code_quality')
 * ```
 */
export function adaptiveRecords(records: readonly SweepRecord[], by: Confidence): AdaptiveRecord[] {
  if (!Object.hasOwn(signs, by))
    throw new AnalysisError(
      'INVALID_ARGUMENT',
      `by is ${JSON.stringify(by)}; expected ${Object.keys(signs).join(' or ')}.`,
      'Choose one of those.',
    )
  const candidates = ordered(records.filter(({ layer }) => layer !== null))
  const cells = new Map<string, SweepRecord[]>()
  for (const record of candidates) {
    const key = `${record.taskId}/${record.sample}`
    cells.set(key, [...(cells.get(key) ?? []), record])
  }
  return [...cells.values()].map((cell) => choose(cell, by))
}

function choose(cell: readonly SweepRecord[], by: Confidence): AdaptiveRecord {
  const scores = cell.map((record) => signs[by] * (record[by] ?? -signs[by] * Infinity))
  const best = Math.max(...scores)
  const index = scores.indexOf(best)
  const margin = best - Math.max(...scores.filter((_, other) => other !== index))
  const chosen = cell[index]!
  return {
    ...chosen,
    arm: 'adaptive',
    layer: null,
    chosenLayer: chosen.layer!,
    margin: Number.isFinite(margin) ? margin : null,
  }
}
