import { describe, expect, it } from 'vitest'
import { dumpStudy } from '../../../bench/lib/study-kills.js'
import { expectEachOnce, hasRedis, QueueTests } from './queue-tests.js'

const tests = new QueueTests()

describe.skipIf(!hasRedis)('a study that is continued by a queue with other arms', () => {
  it('has the further arms made from the thinking that is stored', async () => {
    await tests.startRedis()
    const folder = tests.newStudy()
    const first = tests.start('coordinate', { folder, units: 10, layers: ['original', 0] })
    const worker = tests.start('work')
    expect(await first.end()).toBe(0)
    expect(await worker.end()).toBe(0)
    expect(worker.all('end')[0]).toMatchObject({ finished: 10, thinking: 10, arms: 20 })
    const second = tests.start('coordinate', { folder, units: 10, layers: ['original', 0, 1, 2] })
    const other = tests.start('work')
    expect(await second.end()).toBe(0)
    expect(await other.end()).toBe(0)
    expect(other.all('end')[0]).toMatchObject({ finished: 10, thinking: 0, arms: 20 })
    expect(second.all('end')[0]).toMatchObject({ records: 40, failed: [] })
    expect(await dumpStudy(folder)).toEqual(await tests.madeInProcess(10))
  }, 300_000)

  it('gets nothing of what waits in the queue, or is being made, with the arms of before', async () => {
    await tests.startRedis()
    const folder = tests.newStudy()
    const killed = tests.start('coordinate', { folder, units: 30, layers: ['original', 0] })
    const slow = tests.start('work', { pause: 1000, concurrency: 2 })
    await killed.until('unit', 2)
    killed.kill('SIGKILL')
    await killed.end()
    const stored = (await dumpStudy(folder))['generations']!
    const coordinator = tests.start('coordinate', { folder, units: 30, layers: ['original', 1] })
    await coordinator.until('state')
    const worker = tests.start('work')
    expect(await coordinator.end()).toBe(0)
    expectEachOnce(coordinator, 30)
    expect(slow.all('begun').some(({ arms }) => (arms as string[]).includes('layer 0'))).toBe(true)
    expect(worker.all('begun').flatMap(({ arms }) => arms)).not.toContain('layer 0')

    const { generations } = await dumpStudy(folder)
    const all = (await tests.madeInProcess(30, { layers: ['original', 0, 1] }))['generations']!
    const isWanted = (row: string) => !row.includes('"arm":"layer 0"') || stored.includes(row)
    expect(generations).toEqual(all.filter(isWanted))
  }, 300_000)
})
