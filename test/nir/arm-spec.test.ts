import { describe, expect, it } from 'vitest'
import { Crv } from '../../src/engine/index.js'
import {
  armGrid,
  armName,
  buildArm,
  capturedLayers,
  completeArm,
  injectedRows,
  type ArmSpec,
} from '../../src/nir/index.js'

const prompt = { name: 'terse', user: '{{problem}}{{tests}}', assistant: '' }
const names = (...args: Parameters<typeof armGrid>) => armGrid(...args).map(({ name }) => name)

/** Layer k of token t holds the values 10 k + t. */
function crvOf(tokenCount: number, layers: readonly number[]): Crv {
  const states = layers.map(
    (layer) =>
      [
        layer,
        Float32Array.from({ length: tokenCount * 2 }, (_, i) => 10 * layer + Math.floor(i / 2)),
      ] as const,
  )
  return new Crv({ states: new Map(states), tokens: [...Array(tokenCount).keys()], hiddenSize: 2 })
}

describe('the name of an arm', () => {
  it.each<[string, ArmSpec]>([
    ['original', {}],
    ['layer 3', { injections: [{ layer: 3 }] }],
    ['layer 3', { injections: [{ layer: 3, from: 3, decodePositions: 'recomputed' }] }],
    ['layer 3 from 8 until 6', { injections: [{ layer: 3, from: 8, until: 6 }] }],
    ['layer 3 of tokens -8 to the end', { injections: [{ layer: 3, slice: [-8] }] }],
    ['layer 3 at released positions', { injections: [{ layer: 3, decodePositions: 'released' }] }],
    ['layer 1 + layer 6', { injections: [{ layer: 1 }, { layer: 6 }] }],
    ['steering at 6 by mean × 0.5', { steering: [{ layer: 6, vector: 'mean', scale: 0.5 }] }],
    ['steering at 6 by mean of layer 2', { steering: [{ layer: 6, vector: 'mean', from: 2 }] }],
    [
      'zero in place of layer 2 at generated positions',
      { replacements: [{ layer: 2, by: 'zero', positions: 'generated' }] },
    ],
    ['original, temperature 0.8, prompt terse', { temperature: 0.8, prompt }],
  ])('%s', (name, spec) => {
    expect(armName(spec)).toBe(name)
    expect(completeArm(spec).name).toBe(name)
  })

  it('is the given one where there is one; two ways to write an arm are equal', () => {
    expect(completeArm({ name: 'mine' })).toEqual({ name: 'mine' })
    expect(completeArm({ injections: [{ layer: 3 }], steering: [] })).toEqual(
      completeArm({ injections: [{ layer: 3, from: 3, until: undefined, decodePositions: 'recomputed' }] }),
    )
  })
})

describe('a grid', () => {
  it('has every combination once, in the order of its axes', () => {
    expect(names({ inject: ['original', 0, 2], capture: ['same', 1], window: ['all', 2] }, 4)).toEqual([
      'original',
      'layer 0',
      'layer 0 until 2',
      'layer 0 from 1',
      'layer 0 from 1 until 2',
      'layer 2', // its window of two layers ends with the model
      'layer 2 from 1',
    ])
  })

  it('varies the original by temperature and prompt alone', () => {
    const grid = {
      inject: ['original', 1],
      temperature: [0, 0.8],
      prompt: { terse: prompt, ours: 'default' },
    } as const
    expect(names(grid, 4)).toEqual([
      'original, temperature 0, prompt terse',
      'original, temperature 0',
      'original, temperature 0.8, prompt terse',
      'original, temperature 0.8',
      'layer 1, temperature 0, prompt terse',
      'layer 1, temperature 0',
      'layer 1, temperature 0.8, prompt terse',
      'layer 1, temperature 0.8',
    ])
  })

  it('is all depths where nothing is said, and slices and positions have their axes', () => {
    expect(names({}, 3)).toEqual(['original', 'layer 0', 'layer 1', 'layer 2'])
    expect(
      names({ inject: [1], slice: ['all', [0, 4]], decodePositions: ['recomputed', 'released'] }, 3),
    ).toEqual([
      'layer 1',
      'layer 1 at released positions',
      'layer 1 of tokens 0 to 4',
      'layer 1 of tokens 0 to 4 at released positions',
    ])
    expect(armGrid({ capture: 'all' }, 3)).toHaveLength(1 + 9)
  })
})

describe('an arm built on a context', () => {
  it('names the layers that must be captured', () => {
    const arms: ArmSpec[] = [
      { injections: [{ layer: 3, from: 1 }] },
      { steering: [{ layer: 2, vector: 'mean' }] },
      {
        replacements: [
          { layer: 5, by: 'mean', from: 4 },
          { layer: 6, by: 'zero' },
        ],
      },
      { steering: [{ layer: 7, vector: [0, 0] }] },
      {},
    ]
    expect(capturedLayers(arms)).toEqual([1, 2, 4])
  })

  it('has the rows and means of the context in place', () => {
    const arm = buildArm(
      completeArm({
        injections: [{ layer: 3, from: 1, slice: [-2] }],
        steering: [{ layer: 2, vector: 'mean', scale: 2 }],
        replacements: [{ layer: 0, by: 'zero', positions: [-1] }],
      }),
      crvOf(5, [1, 2]),
    )
    const [injection] = arm.injections!
    expect([...injection!.crv.at(1)]).toEqual([13, 13, 14, 14])
    expect(injection).toMatchObject({ layer: 3, from: 1, until: undefined, decodePositions: 'recomputed' })
    expect(arm.steering![0]).toMatchObject({ layer: 2, scale: 2, positions: 'all' })
    expect([...(arm.steering![0]!.vector as Float32Array)]).toEqual([22, 22])
    expect(arm.replacements).toEqual([{ layer: 0, by: 'zero', positions: [-1] }])
  })

  it.each<[readonly [number, number?], number]>([
    [[0], 5],
    [[1, 3], 2],
    [[-2], 2],
    [[-9, 2], 2],
    [[4, 99], 1],
    [[5], 0],
    [[3, 1], 0],
  ])('slices as Array.prototype.slice: %j gives %i of 5 rows', (slice, rows) => {
    const arm = completeArm({ injections: [{ layer: 1, slice }] })
    expect([0, 1, 2, 3, 4].slice(...slice)).toHaveLength(rows)
    expect(injectedRows(arm, 5)).toBe(rows)
    expect(buildArm(arm, crvOf(5, [1])).injections!.map(({ crv }) => crv.tokenCount)).toEqual(
      rows ? [rows] : [],
    )
  })
})
