import type { Program } from '../evaluation/execution/runner.js'
import type { Problem } from '../problems/problem.js'

/** Code with the tests of its problem. */
export function programOf(code: string | null, problem: Problem): Program {
  return {
    code,
    tests: problem.test_list,
    setup: problem.test_setup_code,
    challengeTests: problem.challenge_test_list,
  }
}
