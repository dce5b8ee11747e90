import type { Shard } from '../../index.js'
import { UsageError } from '../errors.js'

/** A shard as typed: `2/8`, the second of eight. Which there are is the sweep's business. */
export function shardArgument(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  if (index !== undefined && count !== undefined) return { index: Number(index), count: Number(count) }
  throw new UsageError(
    `--shard ${text} is not such as 2/8, the second of eight parts.`,
    'See nir sweep --help.',
  )
}

/** The folder of a shard's study: processes cannot share one. `nir merge` puts them together. */
export function shardFolder(study: string, { index, count }: Shard): string {
  return `${study.replace(/[/\\]+$/, '')}.shard-${index}-of-${count}`
}
