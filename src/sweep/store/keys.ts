import type { Problem } from '../../problems/problem.js'
import type { NamedArm } from '../../nir/index.js'
import type { Unit } from '../plan.js'
import { hashOf, type Json } from './hash.js'

/** Of everything in a problem. */
export function problemHash(problem: Problem): string {
  const { task_id, text, code, test_list, test_setup_code, challenge_test_list } = problem
  return hashOf({ task_id, text, code, test_list, test_setup_code, challenge_test_list })
}

/** Of a data set, whatever its order. */
export function dataSetHash(problems: readonly Problem[]): string {
  return hashOf(problems.map(problemHash).sort())
}

/** Of all that determines a unit's thinking, or what stands in its place. */
export function thinkingKey(settings: string, { problem, sample, thinkingSeed }: Unit): string {
  return hashOf({ settings, problem: problemHash(problem), sample, seed: thinkingSeed })
}

/** Of all that determines a generation. */
export function generationKey(thinking: string, context: string, arm: NamedArm, seed: number): string {
  return hashOf({ thinking, context, arm: armJson(arm), seed })
}

/** An arm as it is stored and compared. */
export function armJson(arm: NamedArm): Json {
  return JSON.parse(JSON.stringify(arm)) as Json
}
