import { LARGEST_SEED, type ModelDescription } from '../engine/index.js'
import type { NamedArm } from '../nir/index.js'
import type { Problem } from '../problems/problem.js'
import { resolveArms, type ArmOptions } from './arms.js'
import { checkArms } from './check-arms.js'
import { SweepOptionError } from './errors.js'
import type { SweepRecord } from './record.js'
import { checkShard, isInShard, type Shard } from './shard.js'

/** What to sweep. */
export interface SweepOptions extends ArmOptions {
  readonly problems: readonly Problem[]
  /**
   * The context text of a problem, in place of what the model thinks of it: a reference context, another model's
   * thinking, an ablation. Default: the model thinks.
   */
  readonly context?: ((problem: Problem) => string | Promise<string>) | undefined
  /** Samples a problem, each with a thinking of its own. Default 1. More than one needs a temperature. */
  readonly samples?: number | undefined
  /** All randomness follows from it. Default 0. */
  readonly seed?: number | undefined
  /** Of thinking and, where an arm does not name its own, generation. Default 0, greedy; the thesis used 0.8. */
  readonly temperature?: number | undefined
  /** New tokens of a generation at most. Default 250, as the thesis. */
  readonly maxTokens?: number | undefined
  /** New tokens of a thinking at most. Default 1000, as the thesis. */
  readonly maxThinkingTokens?: number | undefined
  /** Texts that end a generation. Default: the fence that closes the code, where the generation prompt opens one. */
  readonly stop?: readonly string[] | undefined
  /**
   * Keep the captured hidden states beside the study, a safetensors file a unit: `true` exactly (F32), `'f16'` in half the
   * space. A unit takes layers × tokens × hidden size × 4 bytes: 500 MB for a 7B model's 32 layers and 1,000 tokens.
   * Default: they are not kept.
   */
  readonly keepCrvs?: boolean | 'f16' | undefined
  /** Only this part of the units; the parts are disjoint and together complete. Default: all. */
  readonly shard?: Shard | undefined
  readonly signal?: AbortSignal | undefined
  /** Called after every problem and sample. */
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined
}

/** How far a sweep is. */
export interface SweepProgress {
  /** Problem × sample units that are finished, and of how many. */
  readonly done: number
  readonly total: number
  /** What this sweep computed of that; the rest was stored. */
  readonly computed: { readonly units: number; readonly generations: number }
  /** The problem that was finished last, its sample, and all its records. */
  readonly taskId: number
  readonly sample: number
  readonly unit: readonly SweepRecord[]
  /** What is finished so far, problem by problem. */
  readonly records: readonly SweepRecord[]
  /** Generations so far, and how many of them passed their tests (`null`: tests are not run). */
  readonly generations: number
  readonly passed: number | null
  /** Since the sweep began. */
  readonly milliseconds: number
}

/** One problem and sample: one thinking, shared by all arms. */
export interface Unit {
  readonly problem: Problem
  readonly sample: number
  /** Of the generations of all arms. */
  readonly seed: number
  /** Of the thinking. */
  readonly thinkingSeed: number
}

/** What a sweep will do. */
export interface SweepPlan {
  readonly units: readonly Unit[]
  readonly arms: readonly NamedArm[]
}

/** How many units, each a problem and sample with all arms, a sweep or its shard does. */
export function unitCount(options: Pick<SweepOptions, 'problems' | 'samples' | 'seed' | 'shard'>): number {
  return unitsOf(options).length
}

/** @throws {@link SweepOptionError} */
export function planSweep(options: SweepOptions, model: ModelDescription): SweepPlan {
  const { problems, samples = 1, seed = 0, temperature = 0, shard } = options
  if (problems.length === 0)
    throw new SweepOptionError(
      'NO_PROBLEMS',
      'The sweep has no problems.',
      "Give some: await nir.problems('embedded').",
    )
  if (typeof options.mapping !== 'object') checkOneOf('mapping', options.mapping, ['described', 'released'])
  const arms = resolveArms(options, model.layerCount)
  checkArms(arms, model)
  if (!Number.isInteger(samples) || samples < 1)
    throw new SweepOptionError(
      'OPTION_OUT_OF_RANGE',
      `samples is ${String(samples)}; expected a whole number from 1.`,
      'Change samples.',
    )
  if (!Number.isInteger(seed) || seed < 0 || seed > LARGEST_SEED)
    throw new SweepOptionError(
      'OPTION_OUT_OF_RANGE',
      `seed is ${String(seed)}; expected a whole number from 0 to 2³²−2.`,
      'Change seed.',
    )
  if (samples > 1 && temperature === 0 && !arms.some((arm) => arm.temperature))
    throw new SweepOptionError(
      'SAMPLES_WITHOUT_TEMPERATURE',
      `${samples} samples at temperature 0 would all be the same.`,
      'Give a temperature, such as the thesis’ 0.8, or one sample.',
    )
  if (shard) checkShard(shard)
  if (!([undefined, true, false, 'f16'] as unknown[]).includes(options.keepCrvs))
    throw new SweepOptionError(
      'OPTION_OUT_OF_RANGE',
      `keepCrvs is ${JSON.stringify(options.keepCrvs)}; expected true, false or 'f16'.`,
      'Change keepCrvs.',
    )
  const ids = new Set<number>()
  for (const { task_id: id } of problems) {
    if (ids.has(id))
      throw new SweepOptionError(
        'DUPLICATE_PROBLEM',
        `Two problems have the task_id ${id}.`,
        'Give each problem once; use samples to repeat them.',
      )
    ids.add(id)
  }
  return { units: unitsOf(options), arms }
}

function unitsOf({ problems, samples = 1, seed = 0, shard }: Parameters<typeof unitCount>[0]): Unit[] {
  const units = problems.flatMap((problem) =>
    Array.from({ length: samples }, (_, sample) => ({
      problem,
      sample,
      seed: unitSeed(seed, problem.task_id, sample, 'generation'),
      thinkingSeed: unitSeed(seed, problem.task_id, sample, 'thinking'),
    })),
  )
  return shard ? units.filter((unit) => isInShard(unit, shard)) : units
}

function checkOneOf(name: string, value: string | undefined, names: readonly string[]): void {
  if (value === undefined || names.includes(value)) return
  throw new SweepOptionError(
    'OPTION_OUT_OF_RANGE',
    `${name} is ${JSON.stringify(value)}; expected ${names.map((one) => `'${one}'`).join(' or ')}.`,
    `Change ${name}.`,
  )
}

/** A seed of its own for each problem, sample and stage, whatever the order and number of the others. */
export function unitSeed(
  seed: number,
  taskId: number,
  sample: number,
  stage: 'thinking' | 'generation',
): number {
  return seedFrom(seed, taskId, sample, stage)
}

/** A seed that follows from all of the parts (FNV-1a). */
export function seedFrom(...parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5
  for (const character of parts.join('/')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return hash % (LARGEST_SEED + 1)
}
