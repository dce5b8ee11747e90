import type { PyNodeType } from './python/node-types.js'
import type { PythonSyntaxError } from './python/parser.js'
import type { ComplexityBlock } from './standard/complexity.js'
import type { FunctionHalstead } from './standard/halstead.js'

/** Metric name → value; null where the metric is undefined for the text. */
export type Metrics = Record<string, number | null>

/** A generated text to measure. */
export interface MeasureItem {
  /** What the model generated, prose and fences included. */
  readonly text: string
  /** The problem's tests; their first name is the one that `function_name_consistency` expects. */
  readonly tests?: readonly string[]
  /**
   * The reference solution, which `ast_similarity` and `ast_shared_subtrees` compare with; it stands in for the
   * tests where there are none.
   */
  readonly reference?: string
}

/** What a number cannot say of code that parses. */
export interface CodeDetails {
  /** radon's blocks, each with its cyclomatic complexity and rank. */
  readonly blocks: readonly ComplexityBlock[]
  /** radon's Halstead figures of each function. */
  readonly halstead: readonly FunctionHalstead[]
  /** How often each type of syntax tree node occurs. */
  readonly nodeTypes: Readonly<Partial<Record<PyNodeType, number>>>
}

/** What was measured on one text. */
export interface Measurement {
  /** The thesis' line-based list of functions; null where the text has no `def`. */
  readonly functions: string[] | null
  /** The Python code in the text; null where there is none. */
  readonly code: string | null
  /** Does CPython's `ast.parse` accept `code`? null: no parser on this machine. */
  readonly parses: boolean | null
  /** Why `code` does not parse. */
  readonly syntaxError: PythonSyntaxError | null
  /** Metric name → value. The names depend on the definitions, see {@link EvaluatorOptions}. */
  readonly metrics: Metrics
  /** Of `code`; null where it does not parse. */
  readonly details: CodeDetails | null
}
