import { SweepOptionError } from './errors.js'

/** One of several parts of a sweep, each done by a process of its own. */
export interface Shard {
  /** From 1. */
  readonly index: number
  /** Of how many parts. */
  readonly count: number
}

/** What says in which shard a unit is. */
interface ShardedUnit {
  readonly problem: { readonly task_id: number }
  readonly sample: number
}

/** @throws {@link SweepOptionError} `OPTION_OUT_OF_RANGE`. */
export function checkShard({ index, count }: Shard): void {
  const isValid = Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count
  if (isValid) return
  throw new SweepOptionError(
    'OPTION_OUT_OF_RANGE',
    `shard is ${index} of ${count}; expected whole numbers, with the first from 1 to the second.`,
    'Change shard: the first of eight parts is { index: 1, count: 8 }.',
  )
}

/**
 * Is a unit part of a shard? That depends on nothing but the unit: problems and samples that are added later leave all
 * others in the shards where they are stored. Multiples of the golden ratio spread numbers that follow each other, or
 * stand in equal steps, evenly (Knuth, The Art of Computer Programming 3, 6.4); a plain remainder would put every eighth
 * problem into one of eight shards, and a random hash would make the largest of 100 shards of MBPP twice the mean.
 */
export function isInShard({ problem, sample }: ShardedUnit, { index, count }: Shard): boolean {
  const place = (Math.imul(problem.task_id, 0x9e3779b1) + Math.imul(sample, 0x85ebca6b)) >>> 0
  return Math.floor((place / 2 ** 32) * count) === index - 1
}
