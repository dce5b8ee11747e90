import type { SweepRecord } from '../sweep/record.js'
import { armsOf } from './arms.js'
import { AnalysisError } from './errors.js'

/** The record of a problem, arm and sample. @throws AnalysisError `NO_RECORDS`, listing what there is. */
export function recordOf(
  records: readonly SweepRecord[],
  { taskId, arm, sample }: Pick<SweepRecord, 'taskId' | 'arm' | 'sample'>,
): SweepRecord {
  const ofProblem = records.filter((record) => record.taskId === taskId)
  const found = ofProblem.find((record) => record.arm === arm && record.sample === sample)
  if (found) return found
  const what = `arm "${arm}", sample ${sample} of problem ${taskId}`
  const there =
    ofProblem.length === 0
      ? `There are the problems ${[...new Set(records.map((record) => record.taskId))].join(', ')}.`
      : `Of this problem there are ${armsOf(ofProblem)
          .map(({ name }) => name)
          .join(', ')}; samples 0 to ${Math.max(...ofProblem.map((record) => record.sample))}.`
  throw new AnalysisError('NO_RECORDS', `There is no record of ${what}.`, there)
}
