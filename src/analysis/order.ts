import type { SweepRecord } from '../sweep/record.js'
import { compareArms } from './arms.js'
import { AnalysisError } from './errors.js'

const armOf = (record: SweepRecord) => ({ name: record.arm, layer: record.layer })

/**
 * The records by problem, sample and depth. Every public function starts here, so that the order in which a
 * sweep finished changes no result: not the rows, not the last digit of a sum, not a resample.
 *
 * @throws AnalysisError `NO_RECORDS` for an empty list, `DUPLICATE_RECORD` where one problem, arm and sample
 * occurs twice (it would count twice, and pairs would be ambiguous).
 */
export function ordered(records: readonly SweepRecord[]): SweepRecord[] {
  if (records.length === 0) {
    throw new AnalysisError('NO_RECORDS', 'There are no records.', 'Run a sweep first, or open a run folder.')
  }
  const sorted = [...records].sort(
    (a, b) => a.taskId - b.taskId || a.sample - b.sample || compareArms(armOf(a), armOf(b)),
  )
  sorted.forEach((record, i) => {
    const before = sorted[i - 1]
    if (before?.taskId === record.taskId && before.sample === record.sample && before.arm === record.arm) {
      throw new AnalysisError(
        'DUPLICATE_RECORD',
        `Problem ${record.taskId}, arm "${record.arm}", sample ${record.sample} occurs twice.`,
        'Pass the records of one run, each once.',
      )
    }
  })
  return sorted
}
