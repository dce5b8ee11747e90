import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { QueueProcess } from '../../../bench/lib/queue-process.js'
import type { QueueChildOptions } from '../../../bench/lib/queue-work.js'
import { hasRedisServer, RedisServer } from '../../../bench/lib/redis-server.js'
import { stubSweep } from '../../../bench/lib/stub-sweep.js'
import { dumpStudy } from '../../../bench/lib/study-kills.js'
import { readFailedUnits } from '../../../src/index.js'
import { built } from '../../kernel/built.js'

const isThere = hasRedisServer()
if (!isThere)
  console.warn('The queue is not tested: there is no redis-server (apt-get install redis-server).')

const root = mkdtempSync(join(tmpdir(), 'nir-queue-'))
let redis: RedisServer
let processes: QueueProcess[] = []

afterAll(() => {
  rmSync(root, { recursive: true })
})

afterEach(async () => {
  for (const one of processes) one.kill('SIGKILL')
  await Promise.all(processes.map((one) => one.end()))
  processes = []
  await redis.close()
})

const newStudy = () => join(mkdtempSync(join(root, 'study-')), 'study')

function start(command: 'coordinate' | 'work', options: Partial<QueueChildOptions>): QueueProcess {
  const child = join(built(), 'bench/lib/queue-child.js')
  const json = JSON.stringify({ mode: 'stub', ...options })
  const one = new QueueProcess([child, command, json], { NIR_REDIS_URL: redis.url })
  processes.push(one)
  return one
}

/** A study of the stub generator made in process: what any queue must come to. */
async function madeInProcess(units: number): Promise<Record<string, string[]>> {
  const folder = newStudy()
  await stubSweep(folder, { taskIds: Array.from({ length: units }, (_, index) => index + 1) })
  return dumpStudy(folder)
}

/** Every unit was told of once. */
function expectEachOnce(told: readonly QueueProcess[], units: number): void {
  const ids = told.flatMap((one) => one.all('unit').map(({ taskId }) => taskId as number))
  expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: units }, (_, index) => index + 1))
}

describe.skipIf(!isThere)('a sweep by a queue equals one in process, row for row', () => {
  it('with several workers', async () => {
    redis = await RedisServer.start()
    const folder = newStudy()
    const coordinator = start('coordinate', { folder, units: 200 })
    const workers = [start('work', {}), start('work', {})]
    expect(await coordinator.end()).toBe(0)
    expectEachOnce([coordinator], 200)
    for (const worker of workers) expect(await worker.end()).toBe(0) // told that the study is done
    const shares = workers.map((worker) => worker.all('end')[0]!['finished'] as number)
    expect(shares.reduce((a, b) => a + b)).toBe(200)
    expect(Math.min(...shares)).toBeGreaterThan(0)
    expect(await dumpStudy(folder)).toEqual(await madeInProcess(200))
  }, 300_000)

  it('with workers that are killed again and again', async () => {
    redis = await RedisServer.start()
    const folder = newStudy()
    const coordinator = start('coordinate', { folder, units: 40 })
    for (const done of [5, 15, 25]) {
      const worker = start('work', { pause: 100 })
      await coordinator.until('unit', done)
      worker.kill('SIGKILL')
    }
    start('work', {})
    expect(await coordinator.end()).toBe(0)
    expectEachOnce([coordinator], 40)
    expect(coordinator.all('end')[0]!['failed']).toEqual([])
    expect(coordinator.all('state').at(-1)!['retried']).toBeGreaterThan(0)
    expect(await dumpStudy(folder)).toEqual(await madeInProcess(40))
  }, 300_000)

  it('with a coordinator that is killed and started again', async () => {
    redis = await RedisServer.start()
    const folder = newStudy()
    const first = start('coordinate', { folder, units: 50 })
    const worker = start('work', { pause: 60, concurrency: 2 })
    await first.until('unit', 10)
    first.kill('SIGKILL')
    await first.end()
    await new Promise((resolve) => setTimeout(resolve, 1500)) // the worker goes on, and what it does waits in Redis
    const second = start('coordinate', { folder, units: 50 })
    expect(await second.end()).toBe(0)
    expect(await worker.end()).toBe(0)
    expect(worker.all('end')[0]!['finished']).toBe(50) // nothing was handed out twice
    expect(await dumpStudy(folder)).toEqual(await madeInProcess(50))
  }, 300_000)

  it.each([
    { name: 'comes back', durable: true },
    { name: 'comes back empty', durable: false },
  ])(
    'with a Redis that is killed and $name',
    async ({ durable }) => {
      redis = await RedisServer.start({ durable })
      const folder = newStudy()
      const coordinator = start('coordinate', { folder, units: 50 })
      start('work', { pause: 50, concurrency: 2 })
      await coordinator.until('unit', 10)
      await redis.kill()
      await redis.begin()
      expect(await coordinator.end()).toBe(0)
      expectEachOnce([coordinator], 50)
      expect(coordinator.all('redis-lost').length).toBeGreaterThan(0)
      if (!durable) expect(coordinator.all('units-lost').length).toBeGreaterThan(0)
      expect(await dumpStudy(folder)).toEqual(await madeInProcess(50))
    },
    300_000,
  )

  it('with a worker that sleeps for so long that others do its units', async () => {
    redis = await RedisServer.start()
    const folder = newStudy()
    const coordinator = start('coordinate', { folder, units: 40 })
    const slow = start('work', { pause: 300 })
    await slow.until('ready')
    await coordinator.until('unit', 2)
    slow.kill('SIGSTOP')
    start('work', {})
    await coordinator.until('unit', 40)
    slow.kill('SIGCONT')
    expect(await coordinator.end()).toBe(0)
    expectEachOnce([coordinator], 40)
    expect(await dumpStudy(folder)).toEqual(await madeInProcess(40))
  }, 300_000)
})

describe.skipIf(!isThere)('a queue', () => {
  beforeAll(() => void built())

  it('sets poison aside, finishes the rest, and tries it again when asked to', async () => {
    redis = await RedisServer.start()
    const folder = newStudy()
    const poison = { deadly: [7], faulty: [11] }
    const coordinator = start('coordinate', { folder, units: 30, patience: 1500 })
    let ended = false
    void coordinator.end().then(() => (ended = true))
    let deaths = 0
    while (!ended) if ((await start('work', { ...poison, pause: 20 }).end()) === 'SIGKILL') deaths++
    expect(deaths).toBe(3)
    const { failed } = coordinator.all('end')[0]!
    expect(failed).toEqual([
      { taskId: 11, sample: 0, attempts: 3, error: 'cannot do 11' },
      { taskId: 7, sample: 0, attempts: 3, error: 'It failed, or its worker died: 3 attempts.' },
    ])
    expect(readFailedUnits(folder)).toEqual(failed)
    const again = start('coordinate', { folder, units: 30 })
    start('work', {})
    expect(await again.end()).toBe(0)
    expect(again.all('end')[0]!['failed']).toEqual([])
    expect(again.all('unit').map(({ taskId }) => taskId)).toEqual(expect.arrayContaining([7, 11]))
    expect(readFailedUnits(folder)).toEqual([])
    expect(await dumpStudy(folder)).toEqual(await madeInProcess(30))
  }, 300_000)

  it('refuses a worker with another model, which takes no unit, and tells both sides why', async () => {
    redis = await RedisServer.start()
    const coordinator = start('coordinate', { folder: newStudy(), units: 20 })
    await coordinator.until('state')
    const other = start('work', { otherModel: true })
    expect(await other.end()).toBe(1)
    expect(other.all('error')[0]).toMatchObject({ code: 'NO_STUDY_FITS' })
    expect(other.all('error')[0]!.message).toMatch(
      /its model is stub \(SHA-256 000000000000…\), here it is stub \(111111111111…\)/,
    )
    const { message } = await coordinator.until('worker-refused')
    expect(message).toMatch(/here it is stub \(111111111111…\)/)
    start('work', {})
    expect(await coordinator.end()).toBe(0)
    expectEachOnce([coordinator], 20)
    expect(coordinator.all('state').at(-1)).toMatchObject({ retried: 0, failed: 0 })
  }, 300_000)

  it('lets a worker end on SIGTERM: what it has begun is finished, nothing stalls', async () => {
    redis = await RedisServer.start()
    const coordinator = start('coordinate', { folder: newStudy(), units: 30 })
    const worker = start('work', { pause: 1000, concurrency: 3 })
    await coordinator.until('unit', 3)
    worker.kill('SIGTERM')
    expect(await worker.end()).toBe(0)
    expect(worker.all('end')[0]).toMatchObject({ failed: 0 })
    await coordinator.until('worker-left')
    start('work', {})
    expect(await coordinator.end()).toBe(0)
    expectEachOnce([coordinator], 30)
    expect(coordinator.all('state').at(-1)).toMatchObject({ retried: 0, failed: 0 })
  }, 300_000)

  it('is handed out by one coordinator at a time', async () => {
    redis = await RedisServer.start()
    const first = start('coordinate', { folder: newStudy(), units: 5 })
    await first.until('state')
    const second = start('coordinate', { folder: newStudy(), units: 5 })
    expect(await second.end()).toBe(1)
    expect(second.all('error')[0]).toMatchObject({ code: 'QUEUE_IN_USE' })
    expect(second.all('error')[0]!.message).toContain(`process ${first.pid}`)
  }, 300_000)
})
