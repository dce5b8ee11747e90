import { jsdiff } from './jsdiff.js'

/** Characters of a line: from, up to. */
export type Span = readonly [start: number, end: number]

/** How two lines differ. */
export interface ChangedWords {
  readonly before: readonly Span[]
  readonly after: readonly Span[]
  /** Share of words, and of signs outside words, that both have. */
  readonly shared: number
}

/** The words in which two lines differ. */
export function changedWords(before: string, after: string): ChangedWords {
  const spans = { before: [] as Span[], after: [] as Span[] }
  let [left, right, shared] = [0, 0, 0]
  for (const { value, added, removed } of jsdiff().diffWordsWithSpace(before, after)) {
    if (removed) spans.before.push([left, (left += value.length)])
    else if (added) spans.after.push([right, (right += value.length)])
    else {
      shared += wordCount(value)
      left += value.length
      right += value.length
    }
  }
  return { ...spans, shared: shared / Math.max(1, wordCount(before), wordCount(after)) }
}

function wordCount(text: string): number {
  return text.match(/\w+|[^\s\w]/g)?.length ?? 0
}
