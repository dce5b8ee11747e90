import type { Shard } from '../../index.js'
import { UsageError } from '../errors.js'

/** A shard as typed: `2/8`, the second of eight. */
export function shardArgument(text: string): Shard {
  const [index = 0, count = 0] = /^\d+\/\d+$/.test(text) ? text.split('/').map(Number) : []
  if (index >= 1 && index <= count) return { index, count }
  throw new UsageError(
    `--shard ${text} is not such as 2/8, the second of eight parts.`,
    'See nir sweep --help.',
  )
}

/** The folder of a shard's study: processes cannot share one. `nir merge` puts them together. */
export function shardFolder(study: string, { index, count }: Shard): string {
  return `${study.replace(/[/\\]+$/, '')}.shard-${index}-of-${count}`
}
