import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dumpStudy } from '../../bench/lib/study-kills.js'
import { createSession, openStudy, type Problem, type Session, type Study } from '../../src/index.js'

const root = mkdtempSync(join(tmpdir(), 'nir-study-'))
const options = { layers: ['original', 0, 3] as const, maxTokens: 40, maxThinkingTokens: 64 }

let nir: Session
let problems: Problem[]
let study: Study

beforeAll(async () => {
  nir = await createSession({ gpu: false, exact: true })
  problems = await nir.problems('embedded', { limit: 4 })
  await nir.sweep({ ...options, problems, study: join(root, 'whole') })
  study = await nir.open(join(root, 'whole'))
})
afterAll(async () => {
  await study.close()
  await nir.close()
  rmSync(root, { recursive: true })
})

describe('a study of the embedded model', () => {
  it('that is cancelled, continued and given a further layer equals one made at once', async () => {
    const folder = join(root, 'parts')
    const controller = new AbortController()
    const first = nir.sweep({
      ...options,
      problems,
      layers: ['original', 0],
      study: folder,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 2) controller.abort()
      },
    })
    await expect(first).rejects.toMatchObject({ code: 'SWEEP_ABORTED' })
    const reports: number[] = []
    const sweep = await nir.sweep({
      ...options,
      problems,
      study: folder,
      onProgress: ({ done }) => reports.push(done),
    })
    expect(reports).toEqual([1, 2, 3, 4]) // the third layer of the first two, all of the others
    expect(sweep.records).toEqual(
      (await nir.sweep({ ...options, problems, study: join(root, 'whole') })).records,
    )
    expect(await dumpStudy(folder)).toEqual(await dumpStudy(study.folder))
  })

  it('holds what a sweep without it gives', async () => {
    const sweep = await nir.sweep({ ...options, problems })
    expect((await study.sweep()).toCSV()).toBe(sweep.toCSV())
    expect(await study.records()).toEqual(sweep.records)
  })

  it('says what determined it', async () => {
    const { model, code, engine, context } = study.settings
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(code.nirLab).toBe(
      (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version,
    )
    expect(engine).toEqual({
      contextSize: expect.any(Number),
      flashAttention: null,
      cacheType: 'f16',
      exact: true,
    })
    expect(context).toBe('thought')
    const [run] = await study.sql<{ environment: string; arms: string[] }>`SELECT * FROM runs LIMIT 1`
    expect(run!.arms).toEqual(['original', 'layer 0', 'layer 3'])
    expect(JSON.parse(run!.environment)).toMatchObject({ node: process.version })
  })

  it('refuses another model, and an option out of range makes no folder', async () => {
    const other = await createSession({ gpu: false, exact: true, contextSize: 512 })
    try {
      await expect(other.sweep({ ...options, problems, study: study.folder })).rejects.toMatchObject({
        code: 'STUDY_DIFFERS',
        message: expect.stringMatching(/engine\.contextSize/),
      })
    } finally {
      await other.close()
    }
    await expect(nir.sweep({ problems, layers: [99], study: join(root, 'none') })).rejects.toMatchObject({
      code: 'LAYER_OUT_OF_RANGE',
    })
    await expect(openStudy(join(root, 'none'))).rejects.toMatchObject({ code: 'NOT_A_STUDY' })
  })
})

describe('queries', () => {
  it('bind what they are given', async () => {
    const arm = "layer 0'; DROP TABLE generations; --"
    expect(await study.sql`SELECT * FROM generations WHERE arm = ${arm}`).toEqual([])
    const rows = await study.sql`
      SELECT arm, count(*) AS n, max(metrics['lines']) AS lines FROM records
      WHERE arm = ${'layer 0'} AND task_id > ${problems[0]!.task_id} GROUP BY arm`
    expect(rows).toEqual([{ arm: 'layer 0', n: 3, lines: expect.any(Number) }])
  })

  it('that are wrong say what DuckDB says, and which tables there are', async () => {
    await expect(study.sql`SELECT * FROM generation`).rejects.toMatchObject({
      code: 'SQL_FAILED',
      message: expect.stringMatching(/generation does not exist[^]*thinking/),
    })
  })

  it('cannot change a study', async () => {
    for (const query of [
      () => study.sql`UPDATE generations SET text = ''`,
      () => study.sql`DELETE FROM outcomes`,
      () => study.sql`DROP VIEW records`,
      () => study.sql`CREATE TABLE notes (note VARCHAR)`,
    ])
      await expect(query()).rejects.toMatchObject({
        code: 'SQL_FAILED',
        message: expect.stringMatching(/cannot change/),
      })
    expect(await study.records()).toHaveLength(12)
  })

  it('take no lists and dates, and say so', async () => {
    for (const [value, kind] of [
      [['original', 'layer 0'], /Value 2 of the query is a list; expected text/],
      [new Date(0), /is a Date/],
      [undefined, /is undefined/],
    ] as const)
      await expect(study.sql`SELECT ${1}, ${value as never}`).rejects.toMatchObject({
        code: 'SQL_FAILED',
        message: expect.stringMatching(kind),
      })
    const [row] =
      await study.sql`SELECT ${null} AS a, ${2n ** 70n} AS b, ${'漢\n"'} AS c, ${true} AS d, ${1.5} AS e`
    expect(row).toEqual({ a: null, b: 2n ** 70n, c: '漢\n"', d: true, e: 1.5 })
  })

  it('give frames', async () => {
    const frame = await study.frame('generations')
    expect(frame.shape[0]).toBe(12)
    expect(frame.columns).toContain('cyclomatic_complexity')
    for (const table of ['problems', 'arms', 'thinking', 'captures', 'metrics', 'timings', 'runs'] as const)
      expect((await study.frame(table)).shape[0], table).toBeGreaterThan(0)
    await expect(study.frame('nothing' as never)).rejects.toMatchObject({ code: 'UNKNOWN_TABLE' })
  })
})

describe('exports', () => {
  it.each(['parquet', 'csv'] as const)('%s', async (format) => {
    const paths = await study.export(join(root, `it's ${format}`), format)
    expect(paths).toHaveLength(7)
    const path = paths.find((one) => one.includes('generations'))!
    if (format === 'csv') {
      expect(readFileSync(path, 'utf8').split('\n')[0]).toMatch(/^"?task_id"?,.*text.*context.*lines/)
      return
    }
    const bytes = readFileSync(path)
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    })
    const records = await study.records()
    expect(rows.map(({ text }) => text)).toEqual(records.map(({ text }) => text))
    expect(rows.map(({ lines }) => lines)).toEqual(records.map(({ metrics }) => metrics['lines']))
    expect(rows.map(({ mean_entropy }) => mean_entropy)).toEqual(
      records.map(({ meanEntropy }) => meanEntropy),
    )
  })
})

describe('exports that cannot be made', () => {
  it.each([
    [
      'an unknown format',
      () => study.export(join(root, 'tables'), 'xlsx' as never),
      /no format 'xlsx'.*parquet, csv/,
    ],
    [
      'a file in place of the folder',
      () => study.export(join(study.folder, 'study.json')),
      /EEXIST.*Give a folder/,
    ],
    ['a file that cannot be replaced', () => study.export(join(root, 'taken')), /problems\.parquet/],
  ])('%s', async (_, made, message) => {
    mkdirSync(join(root, 'taken', 'problems.parquet', 'full'), { recursive: true })
    await expect(made()).rejects.toMatchObject({
      code: 'EXPORT_FAILED',
      message: expect.stringMatching(message),
    })
  })
})

describe('measuring again', () => {
  it('gives the same, and with other definitions others, and the texts stay', async () => {
    const before = await study.records()
    expect(await study.remeasure()).toBe(12)
    expect(await study.records()).toEqual(before)
    await study.remeasure({ definitions: 'standard' })
    const after = await study.records()
    expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text))
    expect(after.map(({ passed }) => passed)).toEqual(before.map(({ passed }) => passed))
    expect(Object.keys(after[0]!.metrics)).not.toEqual(Object.keys(before[0]!.metrics))
    await study.remeasure()
    expect(await study.records()).toEqual(before)
  })
})
