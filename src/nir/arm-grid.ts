import type { Injection } from '../engine/index.js'
import { completeArm, type InjectionSpec, type NamedArm } from './arm-spec.js'
import type { Depth } from './depth-arms.js'
import { resolveDepths } from './depth-arms.js'
import type { PromptTemplate } from './prompts.js'

/** Axes whose combinations are the arms of an ablation. An axis that is left out has its default only. */
export interface ArmGrid {
  /** Injection layers. Default `'all'`: the original and every decoder layer. */
  readonly inject?: 'all' | readonly Depth[] | undefined
  /** Capture layers; `'same'` (default): the injection layer. */
  readonly capture?: 'all' | readonly (number | 'same')[] | undefined
  /** How many layers see the CRV, from the injection layer on; `'all'` (default): all that are left. */
  readonly window?: readonly (number | 'all')[] | undefined
  /** Which tokens of the context; `'all'` (default). See {@link InjectionSpec.slice}. */
  readonly slice?: readonly ('all' | readonly [start: number, end?: number])[] | undefined
  readonly decodePositions?: readonly NonNullable<Injection['decodePositions']>[] | undefined
  readonly temperature?: readonly number[] | undefined
  /** Name → generation prompt; `'default'`: the session's. */
  readonly prompt?: Readonly<Record<string, PromptTemplate | 'default'>> | undefined
}

/**
 * All combinations of a grid as arms, each named by what it does. Of the original there is one for each temperature and
 * prompt; windows that would reach past the last layer are the same as those that end there.
 *
 * @example
 * // which layers' states can be read at which depth
 * armGrid({ inject: ['original', 0, 4, 8], capture: 'all' }, 12)
 */
export function armGrid(grid: ArmGrid, layerCount: number): NamedArm[] {
  const { inject = 'all', capture = ['same'], window = ['all'], slice = ['all'] } = grid
  const {
    decodePositions = ['recomputed'],
    temperature = [undefined],
    prompt = { default: 'default' },
  } = grid
  const captured = capture === 'all' ? Array.from({ length: layerCount }, (_, layer) => layer) : capture
  const injections = resolveDepths(inject, layerCount).flatMap((depth): (InjectionSpec | null)[] => {
    if (depth === 'original') return [null]
    return captured.flatMap((from) =>
      window.flatMap((width) =>
        slice.flatMap((tokens) =>
          decodePositions.map((positions) => ({
            layer: depth,
            from: from === 'same' ? depth : from,
            ...(width !== 'all' && depth + width < layerCount && { until: depth + width }),
            ...(tokens !== 'all' && { slice: tokens }),
            decodePositions: positions,
          })),
        ),
      ),
    )
  })
  const arms = injections.flatMap((injection) =>
    temperature.flatMap((of) =>
      Object.entries(prompt).map(([name, template]) =>
        completeArm({
          injections: injection ? [injection] : [],
          temperature: of,
          prompt: template === 'default' ? undefined : { name, ...template },
        }),
      ),
    ),
  )
  return [...new Map(arms.map((arm) => [arm.name, arm])).values()]
}
