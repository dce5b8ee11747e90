import type { Crv, Engine, GenerateOptions, Generation, Input } from '../engine/index.js'
import { checkCriterion, chooseArm, type Criterion } from './choose-arm.js'
import { buildArm } from './build-arm.js'
import { depthArms, resolveDepths, type Depth } from './depth-arms.js'

/** How to generate at a depth that is chosen by what the depths generate. */
export interface AdaptiveOptions extends GenerateOptions {
  /** Candidate depths. `'all'` (default): the original and every decoder layer. The earlier one wins a tie. */
  readonly layers?: 'all' | readonly Depth[] | undefined
  /** What makes a depth the best. */
  readonly by: Criterion
}

/** What adaptive depth gave. */
export interface AdaptiveGeneration {
  /** The best of the generations. */
  readonly chosen: Generation
  readonly depth: Depth
  /** How far the best score is above the second best; see {@link Choice.margin}. */
  readonly margin: number | null
  /** One a candidate depth, higher is better; see {@link Choice.scores}. */
  readonly scores: readonly number[]
  /** One a candidate depth. */
  readonly generations: readonly Generation[]
}

/** Generates at all candidate depths together, and chooses. */
export async function generateAdaptive(
  engine: Engine,
  input: Input,
  crv: Crv,
  options: AdaptiveOptions,
): Promise<AdaptiveGeneration> {
  const { layers = 'all', by, ...generateOptions } = options
  checkCriterion(by)
  const depths = resolveDepths(layers, engine.model.layerCount)
  const arms = depthArms(depths).map((arm) => buildArm(arm, crv))
  const generations = await engine.generateArms(input, arms, generateOptions)
  const { index, generation, scores, margin } = await chooseArm(generations, by)
  return { chosen: generation, depth: depths[index]!, margin, scores, generations }
}
