import { changedWords, type ChangedWords, type Span } from './changed-words.js'
import { jsdiff } from './jsdiff.js'

/** What stands beside each other: indices of lines, `null` where one side has none. */
export interface LinePair {
  readonly before: number | null
  readonly after: number | null
  readonly changed: boolean
  /** Where a line that has become another differs from it. */
  readonly beforeSpans: readonly Span[]
  readonly afterSpans: readonly Span[]
}

/** Below this share of common words, lines are two lines, not a changed one. */
const LEAST_SHARED = 0.4
/** Pairs of lines that are compared word by word in one place; a larger place is shown as removed and added. */
const MOST_COMPARED = 2500

/** Aligns two lists of lines: a longest common subsequence, and between its lines those that are most alike. */
export function linePairs(before: readonly string[], after: readonly string[]): LinePair[] {
  const pairs: LinePair[] = []
  let [left, right, removed, added] = [0, 0, 0, 0]
  const flush = () => {
    const [from, to] = [before.slice(left, left + removed), after.slice(right, right + added)]
    for (const pair of alikePairs(from, to)) pairs.push(shifted(pair, left, right))
    ;[left, right, removed, added] = [left + removed, right + added, 0, 0]
  }
  for (const part of jsdiff().diffArrays([...before], [...after])) {
    if (part.removed) removed += part.count
    else if (part.added) added += part.count
    else {
      flush()
      for (let count = 0; count < part.count; count++)
        pairs.push({ before: left++, after: right++, changed: false, beforeSpans: [], afterSpans: [] })
    }
  }
  flush()
  return pairs
}

/** The alignment in order with the largest sum of likeness (Needleman & Wunsch 1970, without costs for gaps). */
function alikePairs(before: readonly string[], after: readonly string[]): LinePair[] {
  const [rows, columns] = [before.length, after.length]
  const compares = rows * columns <= MOST_COMPARED
  const words: (ChangedWords | undefined)[][] = before.map((line) =>
    after.map((other) => {
      const changes = compares ? changedWords(line, other) : undefined
      return changes && changes.shared >= LEAST_SHARED ? changes : undefined
    }),
  )
  const best = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1))
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--) {
      const together = (words[row]![column]?.shared ?? -Infinity) + best[row + 1]![column + 1]!
      best[row]![column] = Math.max(together, best[row + 1]![column]!, best[row]![column + 1]!)
    }
  const pairs: LinePair[] = []
  let [row, column] = [0, 0]
  while (row < rows || column < columns) {
    const changes = words[row]?.[column]
    if (changes && best[row]![column] === changes.shared + best[row + 1]![column + 1]!) {
      const { before: beforeSpans, after: afterSpans } = changes
      pairs.push({ before: row++, after: column++, changed: true, beforeSpans, afterSpans })
    } else if (row < rows && (column === columns || best[row]![column] === best[row + 1]![column]))
      pairs.push({ before: row++, after: null, changed: true, beforeSpans: [], afterSpans: [] })
    else pairs.push({ before: null, after: column++, changed: true, beforeSpans: [], afterSpans: [] })
  }
  return pairs
}

function shifted(pair: LinePair, left: number, right: number): LinePair {
  const { before, after } = pair
  return {
    ...pair,
    before: before === null ? null : before + left,
    after: after === null ? null : after + right,
  }
}
