import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { stubSweep } from '../../bench/lib/stub-sweep.js'
import { dumpStudy } from '../../bench/lib/study-kills.js'
import {
  createSession,
  mergeStudies,
  openStudy,
  type Problem,
  type Session,
  type Study,
} from '../../src/index.js'

const root = mkdtempSync(join(tmpdir(), 'nir-crvs-'))
let folders = 0
const fresh = () => join(root, String(++folders))
const taskIds = [1, 2, 3]
const filesOf = (folder: string) => readdirSync(join(folder, 'crvs')).sort()

const opened: Study[] = []
const open = async (folder: string) => {
  const study = await openStudy(folder)
  opened.push(study)
  return study
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((study) => study.close()))
})
afterAll(() => {
  rmSync(root, { recursive: true })
})

describe('kept CRVs of the embedded model', () => {
  let nir: Session
  let problems: Problem[]
  const options = { maxTokens: 8, maxThinkingTokens: 24 }

  beforeAll(async () => {
    nir = await createSession({ gpu: false, exact: true })
    problems = await nir.problems('embedded', { limit: 2 })
  })
  afterAll(() => nir.close())

  it('equal captures made afresh, also of layers that were added later', async () => {
    const folder = fresh()
    await nir.sweep({ ...options, problems, layers: ['original', 0, 3], keepCrvs: true, study: folder })
    await nir.sweep({ ...options, problems, layers: [3, 6], keepCrvs: true, study: folder })
    const study = await open(folder)
    for (const { task_id: id } of problems) {
      const kept = await study.crv(id)
      expect(kept.layers).toEqual([0, 3, 6])
      const [row] = await study.sql<{ context: string }>`SELECT context FROM thinking WHERE task_id = ${id}`
      const made = await nir.capture(row!.context, { layers: [0, 3, 6] })
      expect(kept.tokens).toEqual(made.tokens)
      for (const layer of kept.layers) expect(kept.at(layer)).toEqual(made.at(layer))
    }
    expect(filesOf(folder)).toEqual(
      problems.flatMap(({ task_id: id }) => [`${id}-0.2.safetensors`, `${id}-0.safetensors`]).sort(),
    )
  })

  it('in F16 take half the space', async () => {
    const [exact, half] = [fresh(), fresh()]
    await nir.sweep({ ...options, problems, layers: [3], keepCrvs: true, study: exact })
    await nir.sweep({ ...options, problems, layers: [3], keepCrvs: 'f16', study: half })
    const [one, two] = [await open(exact), await open(half)]
    const id = problems[0]!.task_id
    const [wide, narrow] = [(await one.crv(id)).at(3), (await two.crv(id)).at(3)]
    wide.forEach((value, index) => {
      expect(Math.abs(narrow[index]! - value)).toBeLessThanOrEqual(2 ** -11 * Math.abs(value) + 2 ** -24)
    })
    const size = (folder: string) => readFileSync(join(folder, 'crvs', `${id}-0.safetensors`)).length
    expect(size(half)).toBeLessThan(size(exact) * 0.6)
  })

  it('need a study', async () => {
    await expect(nir.sweep({ ...options, problems, layers: [0], keepCrvs: true })).rejects.toMatchObject({
      code: 'KEEP_CRVS_WITHOUT_STUDY',
      message: expect.stringMatching(/study: 'runs/),
    })
    await expect(
      nir.sweep({ ...options, problems, layers: [0], keepCrvs: 'f8' as never, study: fresh() }),
    ).rejects.toMatchObject({ code: 'OPTION_OUT_OF_RANGE' })
  })
})

describe('kept CRVs', () => {
  it('are there once they are asked for, layer by layer', async () => {
    const folder = fresh()
    await stubSweep(folder, { taskIds, layers: ['original', 0] })
    const study = await open(folder)
    await expect(study.crv(1)).rejects.toMatchObject({
      code: 'CRV_NOT_KEPT',
      remedy: expect.stringMatching(/keepCrvs/),
    })
    await stubSweep(folder, { taskIds, layers: [1], keepCrvs: true })
    expect((await study.crv(1)).layers).toEqual([1])
    // An arm that captures a layer anew, which the table has without a file.
    await stubSweep(folder, {
      taskIds,
      layers: [],
      arms: [{ injections: [{ layer: 2, from: 0 }] }],
      keepCrvs: true,
    })
    expect((await study.crv(1)).layers).toEqual([0, 1])
    const rows = await study.sql`SELECT layer, file FROM captures WHERE task_id = 1 ORDER BY layer`
    expect(rows).toEqual([
      { layer: 0, file: 'crvs/1-0.2.safetensors' },
      { layer: 1, file: 'crvs/1-0.safetensors' },
    ])
  })

  it('that a killed process left behind are replaced, its half-written ones removed', async () => {
    const [whole, folder] = [fresh(), fresh()]
    await stubSweep(whole, { taskIds, keepCrvs: true })
    await stubSweep(folder, { taskIds: [1], keepCrvs: true })
    mkdirSync(join(folder, 'crvs'), { recursive: true })
    writeFileSync(join(folder, 'crvs', '2-0.safetensors'), 'of a unit that was not stored')
    writeFileSync(join(folder, 'crvs', '3-0.safetensors.0c.tmp'), 'half')
    await stubSweep(folder, { taskIds, keepCrvs: true })
    expect(await dumpStudy(folder)).toEqual(await dumpStudy(whole))
    expect(filesOf(folder)).toEqual(filesOf(whole))
    expect((await (await open(folder)).crv(2)).layers).toEqual([0, 1, 2])
  })

  it.each<[string, (path: string) => void, RegExp]>([
    ['missing', (path) => rmSync(path), /cannot be read \(ENOENT/],
    ['longer', (path) => appendFileSync(path, 'x'), /other bytes/],
    [
      'changed in one bit',
      (path) => {
        const bytes = readFileSync(path)
        bytes[bytes.length - 3]! ^= 1
        writeFileSync(path, bytes)
      },
      /other bytes/,
    ],
  ])('whose file is %s are refused, and not merged', async (_, damage, message) => {
    const folder = fresh()
    await stubSweep(folder, { taskIds, keepCrvs: true })
    damage(join(folder, 'crvs', '2-0.safetensors'))
    const study = await open(folder)
    const told = expect.objectContaining({
      name: 'StudyError',
      code: 'CRV_DAMAGED',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/Restore it/),
    })
    await expect(study.crv(2)).rejects.toEqual(told)
    expect((await study.crv(1)).tokenCount).toBeGreaterThan(0)
    const into = fresh()
    await expect(mergeStudies(into, [folder])).rejects.toEqual(told)
    expect((await dumpStudy(into))['generations']).toEqual([])
  })

  it('that cannot be written end the sweep, and what was stored stays', async () => {
    const folder = fresh()
    await stubSweep(folder, { taskIds: [1] })
    mkdirSync(join(folder, 'crvs', '2-0.safetensors'), { recursive: true }) // where a file is to be
    await expect(stubSweep(folder, { taskIds, keepCrvs: true })).rejects.toMatchObject({
      code: 'STUDY_WRITE_FAILED',
      message: expect.stringMatching(/crvs\/2-0\.safetensors' of the study .* cannot be written/),
    })
    rmSync(join(folder, 'crvs'), { recursive: true })
    const { records } = await stubSweep(folder, { taskIds, keepCrvs: true })
    expect(records).toHaveLength(12)
  })

  it('come along in a merge, under a name that is free', async () => {
    const [one, two, three] = [fresh(), fresh(), fresh()]
    await stubSweep(one, { taskIds, layers: [0], keepCrvs: true })
    await stubSweep(two, { taskIds, layers: [1], keepCrvs: true })
    await stubSweep(three, { taskIds, layers: [2] })
    await mergeStudies(one, [two, three])
    const study = await open(one)
    expect((await study.crv(3)).layers).toEqual([0, 1])
    expect(await study.sql`SELECT layer, file FROM captures WHERE task_id = 3 ORDER BY layer`).toEqual([
      { layer: 0, file: 'crvs/3-0.safetensors' },
      { layer: 1, file: 'crvs/3-0.2.safetensors' },
      { layer: 2, file: null },
    ])
    await stubSweep(three, {
      taskIds,
      layers: [],
      arms: [{ injections: [{ layer: 1, from: 2 }] }],
      keepCrvs: true,
    })
    await study.merge(three) // now they are kept there
    expect((await study.crv(3)).layers).toEqual([0, 1, 2])
  })
})
