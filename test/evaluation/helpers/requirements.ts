import { existsSync } from 'node:fs'
import type { TestContext } from 'vitest'
import type { Evaluator } from '../../../src/evaluation/index.js'

/** Ends a test that cannot run here: it fails in CI, and is skipped with a printed reason elsewhere. */
export function needs(context: TestContext, met: boolean, reason: string): void {
  if (met) return
  if (process.env['CI']) throw new Error(`This test cannot run, and CI must run it: ${reason}`)
  console.warn(`skipped: ${context.task.name}: ${reason}`)
  context.skip()
}

/** The sandbox must work. */
export function needsSandbox(context: TestContext, evaluator: Evaluator): void {
  needs(context, evaluator.capabilities.sandbox, evaluator.capabilities.reasons.join(' '))
}

/** A Python parser must be there. */
export function needsParser(context: TestContext, evaluator: Evaluator): void {
  needs(context, evaluator.capabilities.parser !== null, evaluator.capabilities.reasons.join(' '))
}

/** A file outside the repository must be there; where it is not, the test is skipped, in CI too. */
export function needsSharedFile(context: TestContext, path: string): void {
  if (existsSync(path)) return
  console.warn(`skipped: ${context.task.name}: ${path} is absent (it is not part of the repository)`)
  context.skip()
}
