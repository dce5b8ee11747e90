import { execFile, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { stubSweep } from '../../bench/lib/stub-sweep.js'
import { dumpStudy } from '../../bench/lib/study-kills.js'
import { mergeStudies, openStudy } from '../../src/index.js'
import { built } from '../kernel/built.js'

const root = mkdtempSync(join(tmpdir(), 'nir-study-'))
let folders = 0
const fresh = () => join(root, String(++folders))
const taskIds = [1, 2, 3, 4]

afterAll(() => {
  rmSync(root, { recursive: true })
})

describe('two at once on one study', () => {
  it.each([
    ['a second process is told who holds it, and the first goes on', 'stub'],
    ['the lock was lost once the log had been taken into the file', 'checkpoints'],
  ])('%s', async (_, mode) => {
    const folder = fresh()
    const child = join(built(), 'bench/lib/study-child.js')
    const first = spawn(process.execPath, [child, mode, folder, '1000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await new Promise<void>((resolve) =>
        first.stdout.on('data', (chunk: Buffer) => {
          if (/^unit 9$/m.test(String(chunk))) resolve() // several checkpoints later, in that mode
        }),
      )
      const told = expect.objectContaining({
        code: 'STUDY_IN_USE',
        message: expect.stringMatching(new RegExp(`held by process ${first.pid} on .* since 20`)),
      })
      await expect(openStudy(folder)).rejects.toEqual(told)
      await expect(stubSweep(folder, { taskIds })).rejects.toEqual(told)
      const merged = fresh()
      await expect(mergeStudies(merged, [folder])).rejects.toEqual(told)
      expect(existsSync(merged)).toBe(false)
      expect(first.exitCode).toBeNull()
    } finally {
      first.kill('SIGKILL')
    }
    await new Promise((resolve) => first.once('close', resolve))
    const { records } = await stubSweep(folder, { taskIds }) // a lock that outlives its process would refuse this
    expect(records).toHaveLength(16)
  })

  it('a second sweep of the process is refused; queries see what is stored', async () => {
    const folder = fresh()
    let open: (() => void) | undefined
    const started = new Promise<void>((resolve) => (open = resolve))
    const first = stubSweep(folder, { taskIds, pause: 300, onUnit: () => open?.() })
    await started
    await expect(stubSweep(folder, { taskIds })).rejects.toMatchObject({ code: 'STUDY_IN_USE' })
    const study = await openStudy(folder)
    const count = async () => (await study.sql<{ n: number }>`SELECT count(*) AS n FROM records`)[0]!.n
    expect((await count()) % 4).toBe(0)
    await first
    expect(await count()).toBe(16)
    await study.close()
    await study.close()
    await expect(study.records()).rejects.toMatchObject({ code: 'STUDY_CLOSED' })
  })

  it.skipIf(process.platform !== 'linux')('a second thread of the process is refused', async () => {
    const folder = fresh()
    await stubSweep(folder, { taskIds })
    const script = join(root, 'threads.mjs')
    const index = pathToFileURL(join(built(), 'src/index.js')).href
    writeFileSync(
      script,
      `import { Worker } from 'node:worker_threads'
       const { openStudy } = await import(${JSON.stringify(index)})
       const study = await openStudy(${JSON.stringify(folder)})
       new Worker(${JSON.stringify(
         `import(${JSON.stringify(index)}).then(({ openStudy }) => openStudy(${JSON.stringify(folder)})).catch((error) => console.log(error.code))`,
       )}, { eval: true }).once('exit', () => study.close())`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, [script])
    expect(stdout.trim()).toBe('STUDY_IN_USE')
  })
})

const READ_ONLY = ['--dev-bind', '/', '/', '--ro-bind']
const canMount = spawnSync('bwrap', [...READ_ONLY, root, root, 'true']).status === 0
if (!canMount) console.warn('skipped: studies on a read-only medium (no bubblewrap that may mount)')

describe.skipIf(!canMount)('a study that may only be read', () => {
  it.each([
    ['closed', ''],
    ['killed', ''],
    ['killed', 'study.duckdb'],
  ])('is read, one that was %s, and says that it cannot be written %s', async (how, part) => {
    const folder = fresh()
    if (how === 'closed') await stubSweep(folder, { taskIds })
    else await killedSweep(folder)
    const marked = () => statSync(join(folder, 'study.duckdb.synced')).mtimeMs
    const before = marked()
    const script = join(root, 'read.mjs')
    writeFileSync(
      script,
      `const { openStudy } = await import(${JSON.stringify(pathToFileURL(join(built(), 'src/index.js')).href)})
       const study = await openStudy(process.argv[2])
       const records = (await study.records()).length
       const said = await study.remeasure().catch((error) => error.message)
       await study.close()
       console.log(JSON.stringify({ records, said }))`,
    )
    const { stdout } = await promisify(execFile)('bwrap', [
      ...READ_ONLY,
      join(folder, part),
      join(folder, part),
      process.execPath,
      script,
      folder,
    ])
    const { records, said } = JSON.parse(stdout) as { records: number; said: string }
    expect(records).toBeGreaterThanOrEqual(16)
    expect(said).toMatch(/cannot be written.*Copy it to where you may write/)
    expect(marked()).toBe(before) // who reads writes nothing beside it
    const study = await openStudy(folder)
    expect(await study.records()).toHaveLength(records)
    await study.close()
  })
})

/** Kills a sweep once some of its units are stored, in the log. */
async function killedSweep(folder: string): Promise<void> {
  const child = spawn(process.execPath, [join(built(), 'bench/lib/study-child.js'), 'stub', folder, '1000'])
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk: Buffer) => {
      if (/^unit 9$/m.test(String(chunk))) resolve()
    }),
  )
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))
}

describe('merge', () => {
  it('of parts is the whole, whatever they share', async () => {
    const [whole, one, two, three] = [fresh(), fresh(), fresh(), fresh()]
    await stubSweep(whole, { taskIds, samples: 2 })
    await stubSweep(one, { taskIds: [1, 2], samples: 2 })
    await stubSweep(two, { taskIds: [2, 3], samples: 2 })
    await stubSweep(three, { taskIds: [3, 4], samples: 2, layers: ['original', 2] })
    const study = await openStudy(one)
    expect(await study.merge(two)).toEqual({ added: 8, duplicates: 8 })
    expect(await study.merge(two)).toEqual({ added: 0, duplicates: 16 })
    expect(await study.merge(three)).toEqual({ added: 4, duplicates: 4 })
    await study.close()
    const { calls } = await stubSweep(one, { taskIds, samples: 2 }) // the arms that the third part did not have
    expect(calls).toEqual({ thinking: 0, arms: 4 })
    expect(await dumpStudy(one)).toEqual(await dumpStudy(whole))
  })

  it('brings further arms of the same units', async () => {
    const [whole, one, two] = [fresh(), fresh(), fresh()]
    await stubSweep(whole, { taskIds })
    await stubSweep(one, { taskIds, layers: ['original', 1] })
    await stubSweep(two, { taskIds, layers: [0, 1, 2] })
    const study = await openStudy(one)
    expect(await study.merge(two)).toEqual({ added: 8, duplicates: 4 })
    await study.close()
    expect(await dumpStudy(one)).toEqual(await dumpStudy(whole))
  })

  it('refuses unlike studies and changes nothing', async () => {
    const one = fresh()
    await stubSweep(one, { taskIds })
    const before = await dumpStudy(one)
    const others: [object, RegExp][] = [
      [{ seed: 8 }, /seed is 8 there and 7 here|seed is 7 there and 8 here/],
      [{ wording: '!', taskIds: [3, 4, 5] }, /problem 3/],
      [{ mapping: { 1: 2 } }, /arm 'layer 1'/],
    ]
    const study = await openStudy(one)
    for (const [other, message] of others) {
      const folder = fresh()
      await stubSweep(folder, { taskIds, ...other })
      await expect(study.merge(folder)).rejects.toMatchObject({
        code: 'STUDY_DIFFERS',
        message: expect.stringMatching(message),
      })
    }
    await expect(study.merge(one)).rejects.toMatchObject({ code: 'STUDY_DIFFERS' })
    await study.close()
    expect(await dumpStudy(one)).toEqual(before)
  })

  it('refuses arms of another thinking, which would not be paired', async () => {
    const [one, two] = [fresh(), fresh()]
    await stubSweep(one, { taskIds, layers: [0], context: () => 'one' })
    await stubSweep(two, { taskIds, layers: [1], context: () => 'two' })
    const study = await openStudy(one)
    await expect(study.merge(two)).rejects.toMatchObject({
      code: 'STUDY_DIFFERS',
      message: expect.stringMatching(/paired/),
    })
    await study.close()
  })
})
