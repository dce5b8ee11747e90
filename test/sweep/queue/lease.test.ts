import { mkdirSync, rmSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connect, redisAddress } from '../../../src/sweep/index.js'
import { Lease } from '../../../src/sweep/queue/lease.js'
import { hasRedis, QueueTests } from './queue-tests.js'

const tests = new QueueTests()

describe.skipIf(!hasRedis)('the lease of a queue', () => {
  let redis: Redis
  let folder: string

  beforeEach(async () => {
    const server = await tests.startRedis()
    redis = await connect(redisAddress(server.url), () => undefined)
    folder = tests.newStudy()
    mkdirSync(folder)
  })

  afterEach(() => {
    redis.disconnect()
  })

  it('is not taken from a live coordinator of the same host, path and process number in another container', async () => {
    const patience = 1500
    const first = await Lease.take(redis, 'queue', folder, patience)
    const renewal = setInterval(() => void first.renew(), 100)
    onTestFinished(() => {
      clearInterval(renewal)
    })
    rmSync(folder, { recursive: true }) // the other container sees a folder of its own there
    mkdirSync(folder)
    await expect(Lease.take(redis, 'queue', folder, patience)).rejects.toMatchObject({ code: 'QUEUE_IN_USE' })
    await first.renew()
    await first.release()
    await Lease.take(redis, 'queue', folder, patience)
  })

  it('is taken over at once from the coordinator that had the study before, which must be dead', async () => {
    const patience = 600_000 // waiting for it would take longer than the test may
    const dead = await Lease.take(redis, 'queue', folder, patience)
    const next = await Lease.take(redis, 'queue', folder, patience)
    await next.renew()
    await expect(dead.renew()).rejects.toMatchObject({ code: 'QUEUE_IN_USE' })
    await dead.release() // of what it does not have
    await next.renew()
  })

  it('is taken over from a coordinator of another study once it has run out', async () => {
    await Lease.take(redis, 'queue', folder, 400)
    const other = tests.newStudy()
    mkdirSync(other)
    await Lease.take(redis, 'queue', other, 400)
  })
})
