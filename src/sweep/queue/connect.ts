import type { Redis } from 'ioredis'
import type { RedisAddress } from './address.js'
import { QueueError } from './errors.js'
import type { Report } from './event.js'

/** Keys of a queue begin so: what a user of Redis must be allowed (ACL `~nir:*`). */
export const PREFIX = 'nir'

/** Why a connection is closed before anything was asked. */
const CLOSED =
  'it closes the connection; it may want TLS (rediss://), or be without a password, when it refuses other machines (protected mode)'

/** Between two tries to connect again, in milliseconds, at most. */
const LONGEST_PAUSE = 2000

/**
 * Connects to Redis: the first time now or never; afterwards a lost connection is made again, for ever.
 * @throws {@link QueueError} `REDIS_UNREACHABLE`.
 */
export async function connect(address: RedisAddress, report: Report): Promise<Redis> {
  const { Redis } = await import('ioredis')
  let wasReady = false
  let fault = 'no answer'
  const redis = new Redis({
    ...address.options,
    lazyConnect: true,
    connectTimeout: 10_000,
    keepAlive: 10_000,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (wasReady ? Math.min(times * 100, LONGEST_PAUSE) : null),
  })
  redis.once('connect', () => (fault = CLOSED)) // what a Redis says before it closes, ioredis does not hand on
  redis.on('error', (error: Error) => (fault = error.message))
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    redis.disconnect()
    const { message } = error as Error
    const said = address.redact(/^Connection is closed/.test(message) ? fault : message)
    throw new QueueError(
      'REDIS_UNREACHABLE',
      `Redis at ${address.label} cannot be used: ${said}.`,
      'Is it running and reachable from here, and are user, password and certificates right?',
    )
  }
  wasReady = true
  let isLost = false
  redis.on('reconnecting', () => {
    if (isLost) return
    isLost = true
    report({
      level: 'warn',
      event: 'redis-lost',
      message: `The connection to ${address.label} is lost; trying again.`,
    })
  })
  redis.on('ready', () => {
    isLost = false
    report({ level: 'info', event: 'redis-back', message: `Connected to ${address.label} again.` })
  })
  return redis
}
