/** A program to run against its tests. */
export interface Program {
  /** The program; null, or blank, counts as having no function. */
  readonly code: string | null
  /** Python statements, each an `assert`. */
  readonly tests: readonly string[]
  /** Import statements that run before the program. */
  readonly imports?: readonly string[]
  /** Python that runs before the tests (MBPP's `test_setup_code`). */
  readonly setup?: string
  /** Harder tests (MBPP's `challenge_test_list`), run where `tests` pass; they do not change the outcome. */
  readonly challengeTests?: readonly string[]
}

/** Bounds of one program. */
export interface RunLimits {
  /** CPU seconds; default 10 (MBPP's task 123 needs 4.4). */
  readonly cpuSeconds?: number
  /** Seconds by the clock; default 3 times `cpuSeconds`. */
  readonly wallSeconds?: number
  /** Address space in bytes of each of its processes; default 512 MiB. */
  readonly memoryBytes?: number
}

/**
 * How a program ended: `'passed'`; `'failed'` (an assertion); `'exception'`; `'timeout'` (CPU or wall time);
 * `'memory'`; `'crashed'` (its process ended before the tests did); `'no function'` (a name that the tests call is not defined);
 * `'does not parse'`.
 */
export type Outcome =
  'passed' | 'failed' | 'exception' | 'timeout' | 'memory' | 'crashed' | 'no function' | 'does not parse'

/** How a program did. */
export interface ProgramResult {
  /** null: not run (no tests, or no sandbox). */
  readonly outcome: Outcome | null
  readonly passed: boolean | null
  /** Did it pass the challenge tests too? null: it has none, or did not pass its tests. */
  readonly challengePassed: boolean | null
  /** The assertion, the exception's last line, …; null where passed or not run. */
  readonly message: string | null
  /** CPU seconds of the program; null where not known. */
  readonly cpuSeconds: number | null
  /** Seconds by the clock. */
  readonly wallSeconds: number
}

/** The result of a program that was not run. */
export const NOT_RUN: ProgramResult = {
  outcome: null,
  passed: null,
  challengePassed: null,
  message: null,
  cpuSeconds: null,
  wallSeconds: 0,
}

/** Runs programs. */
export interface ProgramRunner {
  readonly sandboxed: boolean
  /** For example `'3.11.2'`. */
  readonly pythonVersion: string
  run(programs: readonly Program[], limits: RunLimits): Promise<ProgramResult[]>
  close(): Promise<void>
}
