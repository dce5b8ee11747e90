import { ask } from '../child.js'
import { ChildFailed } from '../errors.js'
import { CHECKS } from './checks.js'
import type { CheckQuestion } from './check-process.js'
import { failed, type Finding, type Question } from './finding.js'

/** What all checks found. */
export interface Diagnosis {
  /** The main job, a notebook with a sweep on this machine, can be done. */
  ready: boolean
  findings: readonly Finding[]
  /** What the main job lacks. */
  lacking: readonly string[]
}

const LIMIT_MS = 90_000

/** Looks at all that NIR Lab uses; every check in a process of its own, so that none takes the others with it. */
export async function diagnose(question: Question, milliseconds = LIMIT_MS): Promise<Diagnosis> {
  const results = await Promise.all(
    CHECKS.map((_, check) => findingsOf({ ...question, check }, milliseconds)),
  )
  const lacking = CHECKS.flatMap(({ needed }, at) =>
    needed ? results[at]!.filter(({ state }) => state === 'failed').map(({ what }) => what) : [],
  )
  return { ready: lacking.length === 0, findings: results.flat(), lacking }
}

async function findingsOf(question: CheckQuestion, milliseconds: number): Promise<Finding[]> {
  try {
    return await ask<Finding[]>(new URL('./check-process.js', import.meta.url), question, milliseconds)
  } catch (error) {
    if (!(error instanceof ChildFailed)) throw error
    const said = error.stderr.split('\n').at(-1)
    const detail = `the check ${error.how}${said ? `: ${said}` : ''}`
    return [failed(CHECKS[question.check]!.what, detail, 'Report this, with nir doctor --json.')]
  }
}
