import { describe, expect, it } from 'vitest'
import { dumpStudy } from '../../../bench/lib/study-kills.js'
import { exitCode } from '../../../src/cli/errors.js'
import { QueueError } from '../../../src/index.js'
import { expectEachOnce, hasRedis, QueueTests } from './queue-tests.js'

const tests = new QueueTests()

describe.skipIf(!hasRedis)('a worker ends', () => {
  it.each([20, 2])(
    'by itself where unit after unit fails, and another one finishes all %i units',
    async (units) => {
      await tests.startRedis()
      const folder = tests.newStudy()
      const coordinator = tests.start('coordinate', { folder, units })
      const broken = tests.start('work', { broken: true })
      expect(await broken.end()).toBe(1)
      const { code, message } = broken.all('error')[0]!
      expect(code).toBe('WORKER_BROKEN')
      expect(message).toMatch(/^3 units failed .* The GPU fell off the bus/)
      expect(exitCode(new QueueError(code as string, '', ''))).toBe(1)
      tests.start('work')
      expect(await coordinator.end()).toBe(0)
      expectEachOnce(coordinator, units)
      expect(coordinator.all('end')[0]!['failed']).toEqual([])
      expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(units))
    },
    300_000,
  )

  it('on SIGTERM after its time: what is not finished is given back, and counts as no attempt', async () => {
    await tests.startRedis()
    const folder = tests.newStudy()
    const coordinator = tests.start('coordinate', { folder, units: 6 })
    const worker = tests.start('work', { pause: 600_000, concurrency: 3, grace: 300 })
    await worker.until('begun', 3)
    worker.kill('SIGTERM')
    const { message } = await worker.until('ending')
    expect(message).toBe('Takes no more units; 3 that run have 0.3 s to finish.')
    expect(await worker.end()).toBe(0)
    expect(worker.all('end')[0]).toMatchObject({ finished: 0, failed: 0, returned: 3 })
    tests.start('work')
    expect(await coordinator.end()).toBe(0)
    expectEachOnce(coordinator, 6)
    expect(coordinator.all('state').at(-1)).toMatchObject({ retried: 0, failed: 0 })
    expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(6))
  }, 300_000)

  it('on SIGTERM also where Redis is away', async () => {
    const redis = await tests.startRedis()
    const coordinator = tests.start('coordinate', { folder: tests.newStudy(), units: 3, patience: 60_000 })
    await coordinator.until('state', 2) // units are handed out after the first
    coordinator.kill('SIGSTOP') // or the study would be done
    const worker = tests.start('work', { grace: 300 })
    await worker.until('begun', 3)
    await redis.kill()
    await worker.until('redis-lost')
    worker.kill('SIGTERM')
    expect(await worker.end()).toBe(0)
    expect(worker.all('queue-error').length).toBeLessThan(3)
  }, 120_000)

  it('at once on a second SIGTERM, with exit code 130', async () => {
    const { url } = await tests.startRedis()
    const coordinator = tests.start('coordinate', { mode: 'embedded', folder: tests.newStudy(), units: 40 })
    const worker = tests.nir(['worker', url])
    await coordinator.until('unit', 1)
    worker.kill('SIGTERM')
    await worker.until('ending')
    worker.kill('SIGTERM')
    expect(await worker.end()).toBe(130)
    expect(worker.all('end')).toEqual([])
  }, 300_000)
})
