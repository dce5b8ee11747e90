/** A programming task in the schema that MBPP publishes. */
export interface Problem {
  /** The task's number in its data set. */
  readonly task_id: number
  /** The task in words. */
  readonly text: string
  /** The reference solution. */
  readonly code: string
  /** Python statements, each an `assert`. */
  readonly test_list: readonly string[]
  /** Python that runs before the tests (imports included). */
  readonly test_setup_code: string
  /** Harder tests that few data sets fill in. */
  readonly challenge_test_list: readonly string[]
}
