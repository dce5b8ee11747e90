import { describe, expect, it } from 'vitest'
import type { Unit } from '../../src/sweep/plan.js'
import { seedFrom } from '../../src/sweep/plan.js'
import { checkShard, isInShard } from '../../src/sweep/shard.js'

const unit = (task_id: number, sample: number) => ({ problem: { task_id }, sample }) as Unit
const unitsOf = (ids: readonly number[], samples: number) =>
  ids.flatMap((id) => Array.from({ length: samples }, (_, sample) => unit(id, sample)))
const sizes = (units: readonly Unit[], count: number) =>
  Array.from(
    { length: count },
    (_, index) => units.filter((one) => isInShard(one, { index: index + 1, count })).length,
  )
const range = (first: number, last: number, step = 1) =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step)

describe('shards', () => {
  it('every unit is in exactly one, whatever the ids and the count', () => {
    for (let round = 0; round < 300; round++) {
      const count = 1 + (seedFrom(round, 'count') % 200)
      const one = unit(seedFrom(round, 'id') % (round % 2 ? 1000 : 2 ** 31), seedFrom(round, 'sample') % 50)
      const held = range(1, count).filter((index) => isInShard(one, { index, count }))
      expect(held, `task ${one.problem.task_id}, sample ${one.sample}, ${count} shards`).toHaveLength(1)
    }
  })

  it.each([
    ['MBPP', range(1, 974), 1],
    ['the test split, five samples', range(11, 510), 5],
    ['every eighth problem', range(8, 974, 8), 1],
    ['ten problems, a hundred samples', range(1, 10), 100],
  ])('are of like sizes: %s', (_, ids, samples) => {
    const units = unitsOf(ids, samples)
    for (const count of [2, 3, 7, 8, 10, 16]) {
      const mean = units.length / count
      for (const size of sizes(units, count)) expect(Math.abs(size - mean)).toBeLessThanOrEqual(3 + mean / 5)
    }
  })

  it.each([
    { index: 0, count: 2 },
    { index: 3, count: 2 },
    { index: 1.5, count: 2 },
    { index: 1, count: 0 },
    { index: NaN, count: 2 },
    { index: 1, count: Infinity },
  ])('$index of $count is refused', (shard) => {
    expect(() => checkShard(shard)).toThrow(
      expect.objectContaining({ code: 'OPTION_OUT_OF_RANGE', name: 'SweepOptionError' }),
    )
  })
})
