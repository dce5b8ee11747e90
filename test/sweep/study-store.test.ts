import { execFile, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stubSweep } from '../../bench/lib/stub-sweep.js'
import { dumpStudy } from '../../bench/lib/study-kills.js'
import { openStudy } from '../../src/index.js'
import { built } from '../kernel/built.js'
import { studyError } from '../../src/sweep/store/errors.js'

const root = mkdtempSync(join(tmpdir(), 'nir-study-'))
let folders = 0
const fresh = () => join(root, String(++folders))
const taskIds = [1, 2, 3, 4, 5, 6]
const failing = (code: string, message?: RegExp) =>
  expect.objectContaining({
    name: 'StudyError',
    code,
    ...(message && { message: expect.stringMatching(message) }),
  })

/** A disk of 8 MB, in a namespace of its own. */
const SMALL_DISK = ['--dev-bind', '/', '/', '--size', '8000000', '--tmpfs', '/mnt']
const hasSmallDisks = spawnSync('bwrap', [...SMALL_DISK, 'true']).status === 0

let whole: string
let expected: Awaited<ReturnType<typeof dumpStudy>>

beforeAll(async () => {
  whole = fresh()
  await stubSweep(whole, { taskIds })
  expected = await dumpStudy(whole)
})
afterAll(() => {
  rmSync(root, { recursive: true })
})

/** A study that ended after some units, its log not yet taken into the file. */
async function halfDone(units: number): Promise<string> {
  const folder = fresh()
  const onUnit = (taskId: number) => {
    if (taskId === units) throw new Error('enough')
  }
  await expect(stubSweep(folder, { taskIds, onUnit })).rejects.toThrow('enough')
  return folder
}

describe('a study', () => {
  it('gives back the records as the sweep gave them', async () => {
    const { records } = await stubSweep(fresh(), { taskIds })
    const again = await stubSweep(whole, { taskIds })
    expect(again.records).toEqual(records)
    expect(again.records).toHaveLength(24)
    expect(again.calls).toEqual({ thinking: 0, arms: 0 })
  })

  it('goes on where a sweep failed, and does nothing twice', async () => {
    const folder = await halfDone(4)
    const { calls } = await stubSweep(folder, { taskIds })
    expect(calls).toEqual({ thinking: 2, arms: 8 })
    expect(await dumpStudy(folder)).toEqual(expected)
  })

  it('takes further arms from the thinking that is stored', async () => {
    const folder = fresh()
    await stubSweep(folder, { taskIds, layers: ['original', 1] })
    const { calls, records } = await stubSweep(folder, { taskIds, layers: ['original', 0, 1, 2] })
    expect(calls).toEqual({ thinking: 0, arms: 12 })
    expect(records.map(({ arm }) => arm).slice(0, 4)).toEqual(['original', 'layer 0', 'layer 1', 'layer 2'])
    expect(await dumpStudy(folder)).toEqual(expected)
  })

  it('takes any interventions, and further ones from the thinking that is stored', async () => {
    const arms = [
      { injections: [{ layer: 1, from: 2, until: 2, slice: [-4] as const }] },
      { steering: [{ layer: 1, vector: 'mean' as const, scale: 0.5 }], temperature: 0 },
      { name: 'ablation', replacements: [{ layer: 0, by: 'zero' as const, positions: [-1] }] },
    ]
    const folder = fresh()
    await stubSweep(folder, { taskIds, layers: ['original', 1] })
    const { calls, records } = await stubSweep(folder, { taskIds, layers: ['original', 1], arms })
    expect(calls).toEqual({ thinking: 0, arms: 18 })
    expect(records.slice(0, 5).map(({ arm, layer }) => [arm, layer])).toEqual([
      ['original', null],
      ['layer 1', 1],
      ['layer 1 from 2 until 2 of tokens -4 to the end', null],
      ['steering at 1 by mean × 0.5, temperature 0', null],
      ['ablation', null],
    ])
    const study = await openStudy(folder)
    const [row] = await study.sql<{ spec: string }>`SELECT spec FROM arms WHERE arm = 'ablation'`
    await study.close()
    expect(JSON.parse(row!.spec)).toEqual({ ...arms[2] })
    await expect(
      stubSweep(folder, { taskIds, layers: [], arms: [{ name: 'ablation', injections: [{ layer: 0 }] }] }),
    ).rejects.toEqual(failing('STUDY_DIFFERS', /arm 'ablation'/))
  })

  it('takes further problems and samples', async () => {
    const folder = fresh()
    await stubSweep(folder, { taskIds: [1, 2], samples: 2 })
    const { calls } = await stubSweep(folder, { taskIds, samples: 3 })
    expect(calls.thinking).toBe(18 - 4)
    const all = fresh()
    await stubSweep(all, { taskIds, samples: 3 })
    expect(await dumpStudy(folder)).toEqual(await dumpStudy(all))
  })

  it.each([
    ['another seed', { seed: 8 }, /seed is 7 there and 8 here/],
    ['another problem of the same number', { wording: '!' }, /problem 1 has another text/],
    [
      'another arm of the same name',
      { mapping: { 1: 2 } },
      /arm 'layer 1' is .*"from":1.* there and .*"from":2/,
    ],
    ['other positions', { decodePositions: 'released' as const }, /"recomputed".* there and .*"released"/],
    ['given contexts', { context: () => 'x' }, /context is "thought" there and "given" here/],
  ])('refuses to go on with %s', async (_, other, message) => {
    await expect(stubSweep(whole, { taskIds, ...other })).rejects.toEqual(failing('STUDY_DIFFERS', message))
    expect(await dumpStudy(whole)).toEqual(expected)
  })

  it('refuses to go on with other contexts than were given', async () => {
    const folder = fresh()
    await stubSweep(folder, { taskIds, context: ({ task_id }) => `context ${task_id}` })
    const { calls } = await stubSweep(folder, { taskIds, context: ({ task_id }) => `context ${task_id}` })
    expect(calls.arms).toBe(0)
    await expect(stubSweep(folder, { taskIds, context: () => 'other' })).rejects.toMatchObject({
      code: 'CONTEXT_DIFFERS',
    })
  })
})

describe('what happens to a disk', () => {
  it.each([300_000, 20_000, 100])('a file that may not grow beyond %i bytes loses nothing', async (bytes) => {
    const folder = fresh()
    const child = join(built(), 'bench/lib/study-child.js')
    const run = (limit: string) =>
      promisify(execFile)('prlimit', [
        `--fsize=${limit}`,
        process.execPath,
        child,
        'stub',
        folder,
        '60',
      ]).catch((error: { stdout: string }) => error)
    const { stdout } = await run(String(bytes))
    expect(stdout).toContain('error STUDY_WRITE_FAILED')
    expect(stdout).toMatch(/file too large/i)
    const told = [...stdout.matchAll(/^unit (\d+)$/gm)].map((match) => match[1]!)
    const resumed = await run('unlimited')
    const stored = /^stored (.*)$/m.exec(resumed.stdout)![1]!.split(' ').filter(Boolean)
    expect(stored.slice(0, told.length)).toEqual(told)
    expect(stored.length).toBeLessThan(60)
    expect(resumed.stdout).toMatch(/end\n$/)
    const other = fresh()
    await stubSweep(other, { taskIds: Array.from({ length: 60 }, (_, index) => index + 1) })
    expect(await dumpStudy(folder)).toEqual(await dumpStudy(other))
  })

  it.skipIf(!hasSmallDisks)('a disk that fills up loses nothing, and is told', async () => {
    const out = fresh()
    const child = `${process.execPath} ${join(built(), 'bench/lib/study-child.js')} stub /mnt/study 60`
    const script = `head -c 7500000 /dev/zero > /mnt/filler; ${child}; echo File system full; rm /mnt/filler; ${child}; cp -r /mnt/study ${out}`
    const { stdout } = await promisify(execFile)('bwrap', [...SMALL_DISK, 'sh', '-c', script])
    expect(stdout).toMatch(/error STUDY_WRITE_FAILED .*No space left/)
    const [first, second] = stdout.split('File system full')
    const told = [...first!.matchAll(/^unit (\d+)$/gm)].map((match) => match[1]!)
    const stored = /^stored (.*)$/m.exec(second!)![1]!.split(' ').filter(Boolean)
    expect(stored.slice(0, told.length)).toEqual(told)
    expect(stdout).toMatch(/end\n$/)
    const other = fresh()
    await stubSweep(other, { taskIds: Array.from({ length: 60 }, (_, index) => index + 1) })
    expect(await dumpStudy(out)).toEqual(await dumpStudy(other))
  })
})

describe('a study that cannot be opened says what to do', () => {
  const damaged = (damage: (folder: string) => void) => {
    const folder = fresh()
    cpSync(whole, folder, { recursive: true })
    damage(folder)
    return folder
  }
  const flip = (folder: string, file: string, at: number) => {
    const bytes = readFileSync(join(folder, file))
    bytes[at]! ^= 0xff
    writeFileSync(join(folder, file), bytes)
  }
  const edit = (folder: string, from: string, to: string) => {
    const path = join(folder, 'study.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
  }

  it.each<[string, (folder: string) => void, string, RegExp]>([
    ['no study', (folder) => rmSync(join(folder, 'study.json')), 'NOT_A_STUDY', /nir\.sweep/],
    ['a newer format', (folder) => edit(folder, '"format": 2', '"format": 3'), 'STUDY_NEWER', /Update/],
    ['an older format', (folder) => edit(folder, '"format": 2', '"format": 1'), 'STUDY_OLDER', /new folder/],
    ['changed settings', (folder) => edit(folder, '"seed": 7', '"seed": 8'), 'STUDY_CORRUPT', /hash/],
    ['a missing setting', (folder) => edit(folder, '"exact"', '"exactly"'), 'STUDY_CORRUPT', /engine\.exact/],
    [
      'half a study.json',
      (folder) => truncateSync(join(folder, 'study.json'), 100),
      'STUDY_CORRUPT',
      /Restore/,
    ],
    [
      'another file',
      (folder) => writeFileSync(join(folder, 'study.duckdb'), 'x'.repeat(9999)),
      'STUDY_CORRUPT',
      /Restore/,
    ],
    [
      'half a file',
      (folder) => truncateSync(join(folder, 'study.duckdb'), 20_000),
      'STUDY_CORRUPT',
      /Restore/,
    ],
    ['a flipped byte', (folder) => flip(folder, 'study.duckdb', 4200), 'STUDY_CORRUPT', /checksum.*Restore/s],
  ])('%s', async (_, damage, code, message) => {
    await expect(openStudy(damaged(damage))).rejects.toEqual(failing(code, message))
  })

  it('a file of a newer DuckDB', async () => {
    const folder = damaged((copy) => {
      const path = join(copy, 'study.duckdb')
      const bytes = readFileSync(path)
      // A checksum, "DUCK", the version; the checksum is the exclusive or of all words, each times a constant.
      expect(bytes.subarray(8, 12).toString()).toBe('DUCK')
      const weigh = () => BigInt.asUintN(64, bytes.readBigUInt64LE(8) * 0xbf58476d1ce4e5b9n)
      const before = weigh()
      bytes.writeUInt32LE(9999, 12)
      bytes.writeBigUInt64LE(bytes.readBigUInt64LE(0) ^ before ^ weigh(), 0)
      writeFileSync(path, bytes)
    })
    await expect(openStudy(folder)).rejects.toEqual(failing('STUDY_NEWER', /9999.*Update/s))
  })

  it('a file that one may not write to is no damage', () => {
    const said = 'IO Error: Cannot open file "/runs/a/study.duckdb": Permission denied'
    expect(studyError(new Error(said), '/runs/a', null)).toEqual(
      failing('STUDY_WRITE_FAILED', /Permission denied\. Copy it to where you may write/),
    )
  })

  it('a study of another settings file', async () => {
    const folder = fresh()
    await stubSweep(folder, { taskIds: [1], seed: 8 })
    cpSync(join(whole, 'study.json'), join(folder, 'study.json'))
    await expect(openStudy(folder)).rejects.toEqual(failing('STUDY_CORRUPT', /different studies/))
  })

  it('a folder with other things in it is left alone', async () => {
    const folder = fresh()
    mkdirSync(folder)
    writeFileSync(join(folder, 'thesis.tex'), '')
    await expect(stubSweep(folder, { taskIds })).rejects.toEqual(failing('NOT_A_STUDY', /thesis\.tex/))
    const file = join(folder, 'thesis.tex')
    await expect(stubSweep(file, { taskIds })).rejects.toEqual(failing('NOT_A_STUDY', /is not a folder/))
  })
})
