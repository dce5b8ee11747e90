import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { stubSweep, type StubSweep } from '../../bench/lib/stub-sweep.js'
import { dumpStudy } from '../../bench/lib/study-kills.js'
import { createSession, mergeStudies, studyStatus } from '../../src/index.js'
import { nir } from '../cli/notebooks.js'

const root = mkdtempSync(join(tmpdir(), 'nir-shards-'))
let folders = 0
const fresh = () => join(root, String(++folders))
const taskIds = [1, 2, 3, 5, 8, 13, 21]

afterAll(() => {
  rmSync(root, { recursive: true })
})

/** The folders of a sweep in shards. */
async function inShards(count: number, sweep: StubSweep): Promise<string[]> {
  const made: string[] = []
  for (let index = 1; index <= count; index++) {
    const folder = fresh()
    await stubSweep(folder, { ...sweep, shard: { index, count } })
    made.push(folder)
  }
  return made
}

describe('the shards of a sweep, merged', () => {
  it.each([1, 2, 3, 20])('of %i equal the sweep that was made at once, row for row', async (count) => {
    const sweep = { taskIds, samples: 2, layers: ['original', 0, 2] as const, keepCrvs: true }
    const [whole, merged] = [fresh(), fresh()]
    const { calls } = await stubSweep(whole, sweep)
    const parts = await inShards(count, sweep)
    const report = await mergeStudies(merged, parts)
    expect(report.parts.reduce((sum, { added }) => sum + added, 0)).toBe(calls.arms)
    expect(report.parts.every(({ duplicates }) => duplicates === 0)).toBe(true)
    expect(report).toMatchObject({ units: 14, missing: [], shards: [] })
    expect(await dumpStudy(merged)).toEqual(await dumpStudy(whole))
    const again = await mergeStudies(merged, parts)
    expect(again.parts.every(({ added }) => added === 0)).toBe(true)
    expect(await dumpStudy(merged)).toEqual(await dumpStudy(whole))
  })

  it('of the embedded model equal the sweep that was made at once, row for row', async () => {
    const session = await createSession({ gpu: false, exact: true })
    try {
      const problems = await session.problems('embedded', { limit: 5 })
      const options = { problems, layers: ['original', 3] as const, maxTokens: 24, maxThinkingTokens: 32 }
      const [whole, one, two, merged] = [fresh(), fresh(), fresh(), fresh()]
      await session.sweep({ ...options, keepCrvs: 'f16', study: whole })
      const first = await session.sweep({
        ...options,
        keepCrvs: 'f16',
        study: one,
        shard: { index: 1, count: 2 },
      })
      const second = await session.sweep({
        ...options,
        keepCrvs: 'f16',
        study: two,
        shard: { index: 2, count: 2 },
      })
      expect(first.records.length + second.records.length).toBe(10)
      expect(first.records.length).toBeGreaterThan(0)
      expect(second.records.length).toBeGreaterThan(0)
      await mergeStudies(merged, [one, two])
      expect(await dumpStudy(merged)).toEqual(await dumpStudy(whole))
    } finally {
      await session.close()
    }
  })

  it('keep their units when problems and samples are added', async () => {
    const folder = fresh()
    const shard = { index: 2, count: 3 }
    const { records } = await stubSweep(folder, { taskIds, shard })
    const more = await stubSweep(folder, { taskIds: [34, ...taskIds, 55], samples: 2, shard })
    expect(records.length).toBeGreaterThan(0)
    expect(more.records).toEqual(expect.arrayContaining(records))
    expect(more.calls.arms).toBe(more.records.length - records.length)
  })

  it('a shard without units makes a study without units', async () => {
    const [first, ...rest] = await inShards(20, { taskIds: [1] })
    const merged = fresh()
    const { parts } = await mergeStudies(merged, [first!, ...rest])
    expect(parts.filter(({ added }) => added > 0)).toHaveLength(1)
  })
})

it('the study of a shard is finished when the shard is', async () => {
  const parts = await inShards(3, { taskIds, samples: 2 })
  const units = await Promise.all(parts.map(async (part) => (await studyStatus(part)).units))
  for (const { done, total } of units) expect(done).toBe(total)
  expect(units.reduce((sum, { total }) => sum + total, 0)).toBe(14)
})

describe('nir merge', () => {
  it('says what came from where, and what is missing', async () => {
    const [one, two, three] = await inShards(3, { taskIds })
    const merged = fresh()
    const partial = await nir(['merge', merged, one!, two!])
    expect(partial.status, partial.stderr).toBe(0)
    expect(partial.stdout).toMatch(new RegExp(`^${one}: \\d+ generations added$`, 'm'))
    expect(partial.stdout).toMatch(/: \d of 7 units are missing: problem \d+ sample 0/)
    expect(partial.stdout).toMatch(/^shards that have not begun: 3\/3$/m)
    const all = await nir(['merge', merged, one!, two!, three!])
    expect(all.stdout).toMatch(new RegExp(`^${one}: 0 generations added, \\d+ were there already$`, 'm'))
    expect(all.stdout).toMatch(new RegExp(`^${merged}: complete, 7 units$`, 'm'))
    const { stdout } = await nir(['merge', merged, three!, '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      into: merged,
      parts: [{ folder: three, added: 0 }],
      units: 7,
      missing: [],
      shards: [],
    })
  })

  it('refuses unlike studies by the fields in which they differ, and makes nothing', async () => {
    const [one, two, merged] = [fresh(), fresh(), fresh()]
    await stubSweep(one, { taskIds })
    await stubSweep(two, { taskIds, seed: 8 })
    const { status, stderr } = await nir(['merge', merged, one, two])
    expect(status).toBe(3)
    expect(stderr).toMatch(/^nir: The study '.*' was made otherwise: seed is 7 there and 8 here/)
    await expect(dumpStudy(merged)).rejects.toMatchObject({ code: 'NOT_A_STUDY' })
  })

  it('says how it is called', async () => {
    expect(await nir(['merge', 'only'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/needs a study/),
    })
    expect((await nir(['merge', '--help'])).stdout).toMatch(/^nir merge INTO FROM/)
  })
})
