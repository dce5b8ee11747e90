import { describe, expect, it } from 'vitest'
import type { ModelInfo } from '../../src/engine/index.js'
import type { Problem } from '../../src/problems/problem.js'
import { planSweep, unitSeed, type SweepOptions } from '../../src/sweep/plan.js'

const model = { layerCount: 4, hiddenSize: 2 } as ModelInfo
const problem = (task_id: number) => ({ task_id }) as Problem
const plan = (options: Partial<SweepOptions>) =>
  planSweep({ problems: [problem(1), problem(2)], ...options }, model)

describe('planSweep', () => {
  it('plans the original and every layer by default', () => {
    const names = (options: Partial<SweepOptions>) => plan(options).arms.map(({ name }) => name)
    expect(names({})).toEqual(['original', 'layer 0', 'layer 1', 'layer 2', 'layer 3'])
    expect(names({ layers: [2, 'original', 2] })).toEqual(['layer 2', 'original'])
  })

  it('takes depths, a grid and single arms together, each once', () => {
    const arms = [{ injections: [{ layer: 1 }] }, { steering: [{ layer: 1, vector: 'mean' as const }] }]
    expect(
      plan({ layers: ['original', 1], grid: { inject: [1, 2] }, arms }).arms.map(({ name }) => name),
    ).toEqual(['original', 'layer 1', 'layer 2', 'steering at 1 by mean'])
  })

  it('plans a unit for each problem and sample, each with a seed of its own', () => {
    const { units } = plan({ samples: 2, temperature: 0.8, seed: 5 })
    expect(units.map(({ problem, sample }) => [problem.task_id, sample])).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
    ])
    expect(new Set(units.map((unit) => unit.seed)).size).toBe(4)
  })

  it("a unit's seed does not depend on the other problems", () => {
    const alone = planSweep({ problems: [problem(2)], seed: 5 }, model)
    expect(alone.units[0]!.seed).toBe(plan({ seed: 5 }).units[1]!.seed)
    expect(unitSeed(5, 2, 0, 'thinking')).not.toBe(unitSeed(6, 2, 0, 'thinking'))
    expect(unitSeed(5, 2, 0, 'thinking')).not.toBe(unitSeed(5, 2, 0, 'generation'))
  })

  it.each<[string, Partial<SweepOptions>, string]>([
    ['no problems', { problems: [] }, 'NO_PROBLEMS'],
    ['a problem twice', { problems: [problem(1), problem(1)] }, 'DUPLICATE_PROBLEM'],
    ['no layers', { layers: [] }, 'NO_LAYERS'],
    ['a layer too deep', { layers: [4] }, 'LAYER_OUT_OF_RANGE'],
    ['a capture layer too deep', { mapping: { 1: 4 } }, 'LAYER_OUT_OF_RANGE'],
    ['no samples', { samples: 0 }, 'OPTION_OUT_OF_RANGE'],
    ['a fractional seed', { seed: 0.5 }, 'OPTION_OUT_OF_RANGE'],
    ['samples that would all be the same', { samples: 3 }, 'SAMPLES_WITHOUT_TEMPERATURE'],
    ['an unknown mapping', { mapping: 'permuted' as never }, 'OPTION_OUT_OF_RANGE'],
    [
      'an arm that ends before it begins',
      { arms: [{ injections: [{ layer: 2, until: 1 }] }] },
      'LAYER_OUT_OF_RANGE',
    ],
    [
      'a steering vector of another size',
      { arms: [{ steering: [{ layer: 1, vector: [1] }] }] },
      'STEERING_SHAPE',
    ],
    [
      'a slice of no numbers',
      { arms: [{ injections: [{ layer: 1, slice: [0.5] }] }] },
      'OPTION_OUT_OF_RANGE',
    ],
    [
      'a slice that has no tokens of any context',
      { grid: { inject: [1], slice: [[16, 8]] } },
      'OPTION_OUT_OF_RANGE',
    ],
    ['a temperature below 0', { grid: { temperature: [-1] } }, 'OPTION_OUT_OF_RANGE'],
    ['no arms', { arms: [] }, 'NO_LAYERS'],
    [
      'two arms of one name',
      { layers: [1], arms: [{ name: 'layer 1', injections: [{ layer: 2 }] }] },
      'ARMS_OF_ONE_NAME',
    ],
    ['unknown decode positions', { decodePositions: 'early' as never }, 'OPTION_OUT_OF_RANGE'],
  ])('refuses %s', (_name, options, code) => {
    expect(() => plan(options)).toThrow(expect.objectContaining({ name: 'SweepOptionError', code }))
  })
})
