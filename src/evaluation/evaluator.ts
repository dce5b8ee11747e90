import { EvaluationOptionError, EvaluatorClosedError, NoParserError } from './errors.js'
import {
  NOT_RUN,
  type ProgramRunner,
  type Program,
  type ProgramResult,
  type RunLimits,
} from './execution/runner.js'
import { openRunner } from './execution/open.js'
import { measure, type Definitions } from './measure.js'
import { pairwiseSimilarity } from './pairwise.js'
import { findParser } from './python/find.js'
import type { ParseResult, PythonParser } from './python/parser.js'
import type { RadonVersion } from './standard/complexity.js'
import type { Similarity } from './tree/similarity.js'
import type { MeasureItem, Measurement } from './types.js'

/** Options of {@link createEvaluator}. */
export interface EvaluatorOptions {
  /**
   * Which definitions `metrics` follow. `'thesis'` (default): the names and regular expressions of the thesis.
   * `'standard'`: radon's ({@link STANDARD_METRICS}). Both have the syntax tree's too ({@link TREE_METRICS}).
   */
  readonly definitions?: Definitions
  /** Which radon the `'standard'` definitions follow; default `'5.1'`. They differ in `match` alone. */
  readonly radon?: RadonVersion
  /** Sandboxes, so programs tested at the same time; default 2. `false`: tests are not run. */
  readonly sandbox?: false | { readonly workers?: number }
  /**
   * Where no sandbox works, run generated programs all the same, with the rights of this user. Default false:
   * they are then not run.
   */
  readonly allowUnsandboxedExecution?: boolean
}

/** What this machine lets the evaluator do. */
export interface EvaluatorCapabilities {
  /** What parses Python; null: nothing does, and `parses` and some metrics stay null. */
  readonly parser: 'cpython' | 'pyodide' | null
  /** Version of that Python, for example `'3.11.2'`. */
  readonly pythonVersion: string | null
  /** Do tests run in a sandbox? */
  readonly sandbox: boolean
  /** Version of the Python that runs tests, which may be another one; null: none does. */
  readonly testPythonVersion: string | null
  /** A line each: what is missing and how to get it. */
  readonly reasons: readonly string[]
}

/** Turns generated text into numbers. Make one with {@link createEvaluator} and close it when done. */
export interface Evaluator {
  readonly capabilities: EvaluatorCapabilities
  /** Measures texts, in their order. Runs nothing of them. */
  measure(items: readonly MeasureItem[]): Promise<Measurement[]>
  /**
   * CPython's syntax trees of Python sources, as typed data; or why `ast.parse` refuses them. Nothing is extracted
   * and nothing is run.
   *
   * @example
   * const [{ tree, error }] = await evaluator.parse(['x = 1 +'])   // error.kind 'SyntaxError', error.line 1, …
   * @throws NoParserError where this machine has no Python parser
   */
  parse(sources: readonly string[]): Promise<ParseResult[]>
  /**
   * How alike the codes of generated texts are, each with each: `[i][j]` compares the i-th with the j-th; null where
   * one of them has no code that parses.
   *
   * @example
   * const [shallow, deep] = await nir.generateArms(prompt, arms)
   * const [[, likeness]] = await evaluator.similarity([shallow.text, deep.text])
   * likeness?.edit   // 1: the same structure
   * @throws NoParserError where this machine has no Python parser
   */
  similarity(texts: readonly string[]): Promise<(Similarity | null)[][]>
  /** Runs programs against their tests, in the sandbox; results in the order of the programs. */
  run(programs: readonly Program[], limits?: RunLimits): Promise<ProgramResult[]>
  /** Ends the child processes. */
  close(): Promise<void>
}

/**
 * Starts an evaluator: a Python parser, and a sandbox for tests where one works.
 *
 * Nothing that is missing on the machine makes this fail: see {@link Evaluator.capabilities}.
 *
 * @example
 * const evaluator = await createEvaluator()
 * const [measured] = await evaluator.measure([{ text: 'def f(x):\n    return x + 1' }])
 * const [result] = await evaluator.run([{ code: measured.code, tests: ['assert f(1) == 2'] }])
 * await evaluator.close()
 * @throws EvaluationOptionError where an option has an unknown value
 */
export async function createEvaluator(options: EvaluatorOptions = {}): Promise<Evaluator> {
  const definitions = options.definitions ?? 'thesis'
  if (definitions !== 'thesis' && definitions !== 'standard')
    throw new EvaluationOptionError('definitions', definitions, "'thesis' or 'standard'")
  const radon = options.radon ?? '5.1'
  if (radon !== '5.1' && radon !== '6.0') throw new EvaluationOptionError('radon', radon, "'5.1' or '6.0'")
  const workers = options.sandbox === false ? 1 : (options.sandbox?.workers ?? 2)
  if (!(Number.isInteger(workers) && workers > 0))
    throw new EvaluationOptionError('sandbox.workers', workers, 'a whole number, 1 or more')
  const [parser, runner] = await Promise.all([
    findParser(),
    openRunner(options.sandbox === false ? null : workers, options.allowUnsandboxedExecution ?? false),
  ])
  return new LocalEvaluator(definitions, radon, parser.parser, runner.runner, {
    parser: parser.parser?.kind ?? null,
    pythonVersion: parser.parser?.version ?? null,
    sandbox: runner.runner?.sandboxed ?? false,
    testPythonVersion: runner.runner?.pythonVersion ?? null,
    reasons: [...parser.reasons, ...runner.reasons],
  })
}

class LocalEvaluator implements Evaluator {
  #closed = false

  constructor(
    private readonly definitions: Definitions,
    private readonly radon: RadonVersion,
    private readonly parser: PythonParser | null,
    private readonly runner: ProgramRunner | null,
    readonly capabilities: EvaluatorCapabilities,
  ) {}

  async measure(items: readonly MeasureItem[]): Promise<Measurement[]> {
    this.#open()
    return measure(items, { definitions: this.definitions, radon: this.radon, parser: this.parser })
  }

  async parse(sources: readonly string[]): Promise<ParseResult[]> {
    return this.#python().parse(sources)
  }

  async similarity(texts: readonly string[]): Promise<(Similarity | null)[][]> {
    return pairwiseSimilarity(texts, this.#python())
  }

  async run(programs: readonly Program[], limits: RunLimits = {}): Promise<ProgramResult[]> {
    this.#open()
    const { runner } = this
    for (const [name, value] of Object.entries(limits))
      if (!(value > 0 && value < Infinity)) throw new EvaluationOptionError(name, value, 'a number above 0')
    if (!runner) return programs.map(() => NOT_RUN)
    return runner.run(programs, limits)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([this.parser?.close(), this.runner?.close()])
  }

  #python(): PythonParser {
    this.#open()
    if (!this.parser) throw new NoParserError(this.capabilities.reasons)
    return this.parser
  }

  #open(): void {
    if (this.#closed) throw new EvaluatorClosedError()
  }
}
