import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { stubSettings, stubSweep } from '../../bench/lib/stub-sweep.js'
import { compareStudies } from '../../src/analysis/index.js'

const root = mkdtempSync(join(tmpdir(), 'nir-compare-'))
afterAll(() => rmSync(root, { recursive: true }))

it('pairs no problems that differ, and tells arms of one name that do other things', async () => {
  const { records } = await stubSweep(join(root, 'study'), { taskIds: [1, 2, 3], layers: ['original', 0] })
  const study = (hashes: string[], layer: number) => ({
    name: 'study',
    settings: stubSettings(),
    records,
    problems: new Map(hashes.map((hash, index) => [index + 1, hash])),
    specs: new Map<string, unknown>([['layer 0', { injections: [{ layer }] }]]),
  })
  const a = study(['x', 'y', 'z'], 0)
  const same = compareStudies(a, a)
  expect(same.rows.map(({ pairs }) => pairs)).toEqual(same.rows.map(() => 3))
  expect(same).toMatchObject({ unlikeProblems: [], settings: [] })
  const unlike = compareStudies(a, study(['x', 'other', 'z'], 1))
  expect(unlike.rows.map(({ pairs }) => pairs)).toEqual(unlike.rows.map(() => 2))
  expect(unlike.unlikeProblems).toEqual([2])
  expect(unlike.settings.map(({ path }) => path)).toEqual(['arms.layer 0.injections'])
  expect(unlike.report()).toContain('not the same in both: problems 2.')
})
