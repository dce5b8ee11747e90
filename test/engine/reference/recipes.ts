import type {
  Positions,
  ReferenceInjection,
  ReferenceReplacement,
  ReferenceSteering,
} from './interventions.js'

/** Tokens that every test model has. */
export const prompt = [44, 17, 3, 18, 50, 9, 63]
export const contexts = {
  a: [21, 25, 10, 25, 15, 16],
  b: [2, 9, 33, 20, 9],
  c: [60, 12, 18, 13, 1, 40, 7],
} as const

/** An injection of what the context's tokens leave, once in the reference and once in the engine. */
export type InjectionRecipe = Omit<ReferenceInjection, 'crv'> & {
  readonly context: keyof typeof contexts
  readonly slice?: readonly [number, number] | undefined
  /** The engine is given the reference's numbers in place of its own capture. */
  readonly numbers?: boolean | undefined
}

/** An arm to compare. */
export interface Recipe {
  readonly name: string
  readonly injections?: readonly InjectionRecipe[]
  readonly steering?: readonly ReferenceSteering[]
  readonly replacements?: readonly ReferenceReplacement[]
}

/** Seeded random numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A vector as long as hidden states, of the size of token embeddings. */
export function vectorOf(random: () => number, length: number): Float32Array {
  return Float32Array.from({ length }, () => random() - 0.5)
}

/** The arms that a reader would think of. */
export function chosenRecipes(layerCount: number, hiddenSize: number): Recipe[] {
  const random = seeded(1)
  const vector = () => vectorOf(random, hiddenSize)
  const matrix = (rows: number) => vectorOf(random, rows * hiddenSize)
  const last = layerCount - 1
  const each = Array.from({ length: layerCount }, (_, layer): Recipe[] => [
    { name: `inject ${layer}`, injections: [{ context: 'a', layer }] },
    { name: `numbers ${layer}`, injections: [{ context: 'a', layer, numbers: true }] },
    { name: `released ${layer}`, injections: [{ context: 'a', layer, decodePositions: 'released' }] },
  ])
  const injections: Readonly<Record<string, readonly InjectionRecipe[]>> = {
    'to a deeper layer': [{ context: 'a', from: 1, layer: last }],
    'to an earlier layer': [{ context: 'a', from: last, layer: 1 }],
    'to the first layer': [{ context: 'a', from: 2, layer: 0 }],
    'from the first layer': [{ context: 'a', from: 0, layer: 2 }],
    'a window': [{ context: 'a', layer: 1, until: 3 }],
    'a window from the first layer': [{ context: 'a', layer: 0, until: 2 }],
    'a window of one layer': [{ context: 'a', layer: last - 1, until: last }],
    'an empty window': [{ context: 'a', layer: 2, until: 2 }],
    'a slice': [{ context: 'c', slice: [2, 5], layer: 1 }],
    'a slice of one row': [{ context: 'c', slice: [6, 7], layer: 2 }],
    'a slice from the first row on': [{ context: 'c', slice: [0, 4], layer: 1 }],
    'two depths, the early one first': [
      { context: 'a', layer: 1 },
      { context: 'b', layer: 2 },
    ],
    'two depths, the deep one first': [
      { context: 'b', layer: last },
      { context: 'a', layer: 0 },
    ],
    'two of one layer': [
      { context: 'a', layer: 1 },
      { context: 'b', layer: 1 },
    ],
    'two of one layer, the other way round': [
      { context: 'b', layer: 1 },
      { context: 'a', layer: 1 },
    ],
    'two of the first layer': [
      { context: 'a', layer: 0 },
      { context: 'b', layer: 0 },
    ],
    'the same CRV at two layers': [
      { context: 'a', layer: 1 },
      { context: 'a', layer: 3 },
    ],
    'the same CRV twice at one layer': [
      { context: 'a', layer: 2 },
      { context: 'a', layer: 2 },
    ],
    'two slices of one CRV': [
      { context: 'c', slice: [0, 3], layer: 1 },
      { context: 'c', slice: [3, 7], layer: 2 },
    ],
    'three, all visible': [
      { context: 'a', layer: 0 },
      { context: 'b', layer: 1 },
      { context: 'c', layer: last },
    ],
    'three overlapping windows': [
      { context: 'a', layer: 0, until: 2 },
      { context: 'b', layer: 1, until: 3 },
      { context: 'c', layer: 2 },
    ],
    'three disjoint windows': [
      { context: 'a', layer: 0, until: 1 },
      { context: 'b', layer: 1, until: 2 },
      { context: 'c', layer: 2, until: 3 },
    ],
    'a window within a window': [
      { context: 'a', layer: 0 },
      { context: 'b', layer: 1, until: 3 },
    ],
    'the deeper window outlasts the earlier': [
      { context: 'a', layer: 1, until: 2 },
      { context: 'b', layer: 1 },
    ],
    'cross-layer twice': [
      { context: 'a', from: 3, layer: 1 },
      { context: 'b', from: 0, layer: 2 },
    ],
    'a released window': [{ context: 'a', layer: 1, until: 3, decodePositions: 'released' }],
    'two released': [
      { context: 'a', layer: 1, decodePositions: 'released' },
      { context: 'b', layer: 2, decodePositions: 'released' },
    ],
    'one released of two': [
      { context: 'a', layer: 1 },
      { context: 'b', layer: 2, decodePositions: 'released', until: 3 },
    ],
  }
  const far = prompt.length + 2
  const steering: Readonly<Record<string, readonly ReferenceSteering[]>> = {
    'steer all': [{ vector: vector(), layer: 2 }],
    'steer the first layer': [{ vector: vector(), layer: 0, scale: 0.5 }],
    'steer the last layer, backwards': [{ vector: vector(), layer: last, scale: -1.5 }],
    'steer the prompt': [{ vector: vector(), layer: 1, positions: 'prompt', scale: 2 }],
    'steer what is generated': [{ vector: vector(), layer: 1, positions: 'generated', scale: 2 }],
    'steer listed positions': [{ vector: vector(), layer: 1, positions: [0, 3, -1, far], scale: 2 }],
    'steer twice in one layer, and in another': [
      { vector: vector(), layer: 1, positions: [-2, -1] },
      { vector: vector(), layer: 1 },
      { vector: vector(), layer: 3, positions: 'generated' },
    ],
  }
  const replacements: Readonly<Record<string, readonly ReferenceReplacement[]>> = {
    'replace all by a vector': [{ by: vector(), layer: 1 }],
    'replace the prompt': [{ by: vector(), layer: 2, positions: 'prompt' }],
    'replace what is generated': [{ by: vector(), layer: last, positions: 'generated' }],
    'replace in the first layer': [{ by: vector(), layer: 0, positions: [1] }],
    'replace listed positions by a vector': [{ by: vector(), layer: 1, positions: [0, -1, far] }],
    'replace by a matrix': [{ by: matrix(4), layer: 1, positions: [-1, 2, 0, far] }],
    'zero a token': [{ by: 'zero', layer: 1, positions: [3] }],
    'zero the last prompt token': [{ by: 'zero', layer: last, positions: [-1] }],
    'zero what is generated': [{ by: 'zero', layer: 2, positions: 'generated' }],
    'the later replacement wins': [
      { by: vector(), layer: 1, positions: 'prompt' },
      { by: vector(), layer: 1, positions: [-1] },
    ],
  }
  const combined: Recipe[] = [
    {
      name: 'steering where it is injected leaves the CRV alone',
      injections: [{ context: 'a', layer: 1 }],
      steering: [{ vector: vector(), layer: 1, scale: 2 }],
    },
    {
      name: 'steering beneath and above an injection',
      injections: [{ context: 'a', layer: 2 }],
      steering: [
        { vector: vector(), layer: 1, positions: 'prompt' },
        { vector: vector(), layer: 3 },
      ],
    },
    {
      name: 'steering is added to what replaces',
      steering: [{ vector: vector(), layer: 1 }],
      replacements: [{ by: vector(), layer: 1, positions: 'prompt' }],
    },
    {
      name: 'everything',
      injections: [
        { context: 'a', layer: 1, until: 3, decodePositions: 'released' },
        { context: 'b', layer: 2, numbers: true },
      ],
      steering: [{ vector: vector(), layer: 2, positions: 'generated' }],
      replacements: [{ by: matrix(2), layer: 1, positions: [-1, 0] }],
    },
  ]
  return [
    { name: 'original' },
    ...each.flat(),
    ...Object.entries(injections).map(([name, list]) => ({ name, injections: list })),
    ...Object.entries(steering).map(([name, list]) => ({ name, steering: list })),
    ...Object.entries(replacements).map(([name, list]) => ({ name, replacements: list })),
    ...combined,
  ]
}

/** Seeded random combinations of everything. */
export function randomRecipes(count: number, layerCount: number, hiddenSize: number): Recipe[] {
  const random = seeded(2)
  const below = (limit: number) => Math.floor(random() * limit)
  const chance = (probability: number) => random() < probability
  const list = <T>(longest: number, make: () => T) => Array.from({ length: below(longest + 1) }, make)
  const places = (): number[] =>
    [...new Set([below(prompt.length), ...list(3, () => below(prompt.length + 4))])].map((place) =>
      place < prompt.length && chance(0.3) ? place - prompt.length : place,
    )
  const positions = (): Positions =>
    chance(0.5) ? places() : (['all', 'prompt', 'generated'] as const)[below(3)]!

  const injection = (): InjectionRecipe => {
    const context = (['a', 'b', 'c'] as const)[below(3)]!
    const start = below(contexts[context].length)
    const layer = below(layerCount)
    return {
      context,
      layer,
      from: chance(0.4) ? below(layerCount) : undefined,
      until: chance(0.4) ? layer + 1 + below(layerCount - layer) : undefined,
      slice: chance(0.3) ? [start, start + 1 + below(contexts[context].length - start)] : undefined,
      decodePositions: chance(0.25) ? 'released' : undefined,
      numbers: chance(0.2),
    }
  }
  const steering = (): ReferenceSteering => ({
    vector: vectorOf(random, hiddenSize),
    layer: below(layerCount),
    scale: chance(0.5) ? 2 * random() - 1 : undefined,
    positions: chance(0.8) ? positions() : undefined,
  })
  const replacement = (): ReferenceReplacement => {
    const layer = below(layerCount)
    const listed = places()
    if (chance(0.3)) return { by: 'zero', layer, positions: chance(0.7) ? listed : 'generated' }
    if (chance(0.5)) return { by: vectorOf(random, listed.length * hiddenSize), layer, positions: listed }
    return { by: vectorOf(random, hiddenSize), layer, positions: positions() }
  }
  return Array.from({ length: count }, (_, i) => ({
    name: `random ${i}`,
    injections: list(3, injection),
    steering: list(2, steering),
    replacements: list(2, replacement),
  }))
}
