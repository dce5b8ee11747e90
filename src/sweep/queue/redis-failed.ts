import type { RedisAddress } from './address.js'
import { QueueError } from './errors.js'

/** What Redis refused, as a typed error without secrets; anything else as it is. */
export function redisFailed(error: unknown, address: RedisAddress): unknown {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error
  return new QueueError(
    'REDIS_FAILED',
    `Redis at ${address.label} refused a command: ${address.redact(error.message)}.`,
    'It needs version 6.2 or later, rights on keys that begin with nir: and room in its memory. What is finished stays: run the same command again.',
  )
}
