import { beforeAll, describe, expect, it } from 'vitest'
import { dumpStudy } from '../../../bench/lib/study-kills.js'
import { openStudy, readFailedUnits } from '../../../src/index.js'
import { built } from '../../kernel/built.js'
import { expectEachOnce, hasRedis, QueueTests } from './queue-tests.js'

const tests = new QueueTests()

/** Units by the machines that made them, over all runs of a study. */
async function machinesOf(folder: string): Promise<Record<string, number>> {
  const study = await openStudy(folder)
  const runs = await study.sql<{ environment: string }>`SELECT environment FROM runs`
  await study.close()
  const units: Record<string, number> = {}
  for (const { environment } of runs) {
    const { machines = [] } = JSON.parse(environment) as { machines?: { host: string; units: number }[] }
    for (const { host, units: more } of machines) units[host] = (units[host] ?? 0) + more
  }
  return units
}

describe.skipIf(!hasRedis)('a sweep by a queue equals one in process, row for row', () => {
  it('with several workers', async () => {
    await tests.startRedis()
    const folder = tests.newStudy()
    const coordinator = tests.start('coordinate', { folder, units: 200 })
    const hosts = ['gpu-1', 'gpu-2']
    const workers = hosts.map((host) => tests.start('work', { host }))
    expect(await coordinator.end()).toBe(0)
    expectEachOnce(coordinator, 200)
    for (const worker of workers) expect(await worker.end()).toBe(0) // told that the study is done
    const shares = workers.map((worker) => worker.all('end')[0]!['finished'] as number)
    expect(shares.reduce((a, b) => a + b)).toBe(200)
    expect(Math.min(...shares)).toBeGreaterThan(0)
    expect(await machinesOf(folder)).toEqual({ 'gpu-1': shares[0], 'gpu-2': shares[1] })
    expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(200))
  }, 300_000)

  it('with workers that are killed again and again', async () => {
    await tests.startRedis()
    const folder = tests.newStudy()
    const coordinator = tests.start('coordinate', { folder, units: 40 })
    for (const done of [5, 15, 25]) {
      const worker = tests.start('work', { pause: 100 })
      await coordinator.until('unit', done)
      worker.kill('SIGKILL')
    }
    tests.start('work')
    expect(await coordinator.end()).toBe(0)
    expectEachOnce(coordinator, 40)
    expect(coordinator.all('end')[0]!['failed']).toEqual([])
    expect(coordinator.all('state').at(-1)!['retried']).toBeGreaterThan(0)
    expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(40))
  }, 300_000)

  it('with a coordinator that is killed and started again', async () => {
    await tests.startRedis()
    const folder = tests.newStudy()
    const first = tests.start('coordinate', { folder, units: 50 })
    const worker = tests.start('work', { pause: 60, concurrency: 2, host: 'gpu' })
    await first.until('unit', 10)
    first.kill('SIGKILL')
    await first.end()
    await new Promise((resolve) => setTimeout(resolve, 1500)) // the worker goes on, and what it does waits in Redis
    const second = tests.start('coordinate', { folder, units: 50 })
    expect(await second.end()).toBe(0)
    expect(await worker.end()).toBe(0)
    expect(worker.all('end')[0]!['finished']).toBe(50) // nothing was handed out twice
    expect(await machinesOf(folder)).toEqual({ gpu: 50 }) // also of what was committed by the second
    expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(50))
  }, 300_000)

  it.each([
    { name: 'comes back', durable: true },
    { name: 'comes back empty', durable: false },
  ])(
    'with a Redis that is killed and $name',
    async ({ durable }) => {
      const redis = await tests.startRedis({ durable })
      const folder = tests.newStudy()
      const coordinator = tests.start('coordinate', { folder, units: 50 })
      tests.start('work', { pause: 50, concurrency: 2 })
      await coordinator.until('unit', 10)
      await redis.kill()
      await redis.begin()
      expect(await coordinator.end()).toBe(0)
      expectEachOnce(coordinator, 50)
      expect(coordinator.all('redis-lost').length).toBeGreaterThan(0)
      if (!durable) expect(coordinator.all('units-lost').length).toBeGreaterThan(0)
      expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(50))
    },
    300_000,
  )

  it('with a worker that sleeps for so long that others do its units', async () => {
    await tests.startRedis()
    const folder = tests.newStudy()
    const coordinator = tests.start('coordinate', { folder, units: 40 })
    const slow = tests.start('work', { pause: 300 })
    await slow.until('ready')
    await coordinator.until('unit', 2)
    slow.kill('SIGSTOP')
    tests.start('work')
    await coordinator.until('unit', 40)
    slow.kill('SIGCONT')
    expect(await coordinator.end()).toBe(0)
    expectEachOnce(coordinator, 40)
    expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(40))
  }, 300_000)
})

describe.skipIf(!hasRedis)('a queue', () => {
  beforeAll(() => void built())

  it('sets poison aside, finishes the rest, and tries it again when asked to', async () => {
    await tests.startRedis()
    const folder = tests.newStudy()
    const poison = { deadly: [7], faulty: [11] }
    const coordinator = tests.start('coordinate', { folder, units: 30, patience: 1500 })
    let ended = false
    void coordinator.end().then(() => (ended = true))
    let deaths = 0
    while (!ended) if ((await tests.start('work', { ...poison, pause: 20 }).end()) === 'SIGKILL') deaths++
    expect(deaths).toBe(3)
    const { failed } = coordinator.all('end')[0]!
    expect(failed).toEqual([
      { taskId: 11, sample: 0, attempts: 3, error: 'cannot do 11' },
      { taskId: 7, sample: 0, attempts: 3, error: 'It failed, or its worker died: 3 attempts.' },
    ])
    expect(readFailedUnits(folder)).toEqual(failed)
    const again = tests.start('coordinate', { folder, units: 30 })
    tests.start('work')
    expect(await again.end()).toBe(0)
    expect(again.all('end')[0]!['failed']).toEqual([])
    expect(again.all('unit').map(({ taskId }) => taskId)).toEqual(expect.arrayContaining([7, 11]))
    expect(readFailedUnits(folder)).toEqual([])
    expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(30))
  }, 300_000)

  it('refuses a worker with another model, which takes no unit, and tells both sides why', async () => {
    await tests.startRedis()
    const coordinator = tests.start('coordinate', { folder: tests.newStudy(), units: 20 })
    await coordinator.until('state')
    const other = tests.start('work', { otherModel: true })
    expect(await other.end()).toBe(1)
    expect(other.all('error')[0]).toMatchObject({ code: 'NO_STUDY_FITS' })
    expect(other.all('error')[0]!.message).toMatch(
      /its model is stub \(SHA-256 000000000000…\), here it is stub \(111111111111…\)/,
    )
    const { message } = await coordinator.until('worker-refused')
    expect(message).toMatch(/here it is stub \(111111111111…\)/)
    tests.start('work')
    expect(await coordinator.end()).toBe(0)
    expectEachOnce(coordinator, 20)
    expect(coordinator.all('state').at(-1)).toMatchObject({ retried: 0, failed: 0 })
  }, 300_000)

  it('lets a worker end on SIGTERM: what it has begun is finished, nothing stalls', async () => {
    await tests.startRedis()
    const coordinator = tests.start('coordinate', { folder: tests.newStudy(), units: 30 })
    const worker = tests.start('work', { pause: 1000, concurrency: 3 })
    await coordinator.until('unit', 3)
    worker.kill('SIGTERM')
    expect(await worker.end()).toBe(0)
    expect(worker.all('end')[0]).toMatchObject({ failed: 0 })
    await coordinator.until('worker-left')
    tests.start('work')
    expect(await coordinator.end()).toBe(0)
    expectEachOnce(coordinator, 30)
    expect(coordinator.all('state').at(-1)).toMatchObject({ retried: 0, failed: 0 })
  }, 300_000)

  it('is handed out by one coordinator at a time', async () => {
    await tests.startRedis()
    const first = tests.start('coordinate', { folder: tests.newStudy(), units: 5 })
    await first.until('state')
    const second = tests.start('coordinate', { folder: tests.newStudy(), units: 5 })
    expect(await second.end()).toBe(1)
    expect(second.all('error')[0]).toMatchObject({ code: 'QUEUE_IN_USE' })
    expect(second.all('error')[0]!.message).toContain(`process ${first.pid}`)
  }, 300_000)
})
