import type { SweepRecord } from '../../index.js'

/** Generations, and how many of them passed; `null`: none was tested. */
export function countsOf(records: readonly SweepRecord[]): { generations: number; passed: number | null } {
  const isTested = records.some(({ passed }) => passed !== null)
  const passed = isTested ? records.filter((record) => record.passed).length : null
  return { generations: records.length, passed }
}
