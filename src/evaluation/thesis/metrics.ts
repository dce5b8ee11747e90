import type { PyNode } from '../python/node-types.js'
import { splitLines, strip, pyLength } from '../python/text.js'
import { complexity } from '../standard/complexity.js'
import type { Metrics } from '../types.js'
import { thesisHalstead } from './halstead.js'
import { nameConsistency } from './name-consistency.js'

/** The thesis' metrics, in the order of its tables. */
export const THESIS_METRICS = [
  'syntactic_correctness',
  'cyclomatic_complexity',
  'function_name_consistency',
  'lines',
  'characters',
  'comment_lines',
  'comment_ratio',
  'h1',
  'h2',
  'N1',
  'N2',
  'vocabulary',
  'length',
  'volume',
  'difficulty',
  'effort',
] as const

/** A function of the thesis' list with its tree; `tree` is null where it does not parse on its own. */
export interface ThesisFunction {
  readonly source: string
  readonly tree: PyNode | null
}

/**
 * The thesis' metrics of one text.
 *
 * @param functions the list of {@link thesisFunctions} with trees; all metrics are null where it is null or empty
 * @param expected the tests (or a reference solution), whose first name is the name to expect
 * @param parserMissing no Python parser: the metrics that need one are null
 */
export function thesisMetrics(
  functions: readonly ThesisFunction[] | null,
  expected: string,
  parserMissing: boolean,
): Metrics {
  if (!functions?.length) return Object.fromEntries(THESIS_METRICS.map((name) => [name, null]))
  const largest = (value: (item: ThesisFunction) => number) => maximum(functions.map(value))
  const lines = functions
    .flatMap(({ source }) => splitLines(source))
    .map(strip)
    .filter((line) => line !== '')
  const comments = functions.map(({ source }) => commentCount(source))
  const halstead = functions.map(({ source }) => thesisHalstead(source))
  return {
    syntactic_correctness: parserMissing ? null : largest(({ tree }) => (tree ? 1 : 0)),
    cyclomatic_complexity: parserMissing ? null : largest(({ tree }) => (tree ? blockMaximum(tree) : 0)),
    function_name_consistency: largest(({ source }) => nameConsistency(source, expected)),
    lines: lines.length,
    characters: lines.reduce((sum, line) => sum + pyLength(line), 0),
    comment_lines: comments.reduce((sum, { comment }) => sum + comment, 0),
    comment_ratio: maximum(comments.map(({ comment, all }) => comment / all)),
    h1: maximum(halstead.map(({ h1 }) => h1)),
    h2: maximum(halstead.map(({ h2 }) => h2)),
    N1: maximum(halstead.map(({ N1 }) => N1)),
    N2: maximum(halstead.map(({ N2 }) => N2)),
    vocabulary: maximum(halstead.map(({ vocabulary }) => vocabulary)),
    length: maximum(halstead.map(({ length }) => length)),
    volume: maximum(halstead.map(({ volume }) => volume)),
    difficulty: maximum(halstead.map(({ difficulty }) => difficulty)),
    effort: maximum(halstead.map(({ effort }) => effort)),
  }
}

// Math.max takes only as many arguments as the stack holds.
function maximum(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), -Infinity)
}

function blockMaximum(tree: PyNode): number {
  return maximum([0, ...complexity(tree).blocks.map((block) => block.complexity)])
}

function commentCount(source: string): { comment: number; all: number } {
  const lines = source.split('\n')
  return { comment: lines.filter((line) => strip(line).startsWith('#')).length, all: lines.length }
}
