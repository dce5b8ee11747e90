/** Consecutive lines that belong together: `lines[start]` up to, not including, `lines[end]`. */
export interface Chunk {
  readonly start: number
  readonly end: number
}

const CONTINUES = /^(?:[)\]}]|(?:else|elif|except|finally|case)\b)/
const DECORATOR = /^@/
const TRIPLE = /"""|'''/g

/**
 * Splits lines into top-level statements without parsing: a line without indent opens a chunk; indented and blank
 * lines, `else` and its like, closing brackets, what follows a decorator, and the inside of a triple-quoted
 * string stay with it. One pass.
 */
export function topLevelChunks(lines: readonly string[]): Chunk[] {
  const starts: number[] = []
  let decorated = false
  let quote: string | null = null
  lines.forEach((line, index) => {
    const opens = quote === null && /^\S/.test(line) && !CONTINUES.test(line) && !decorated
    if (opens || starts.length === 0) starts.push(index)
    if (quote === null && /\S/.test(line)) decorated = DECORATOR.test(line)
    quote = quoteAfter(line, quote)
  })
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? lines.length }))
}

function quoteAfter(line: string, open: string | null): string | null {
  for (const [mark] of line.matchAll(TRIPLE)) {
    if (open === null) open = mark
    else if (open === mark) open = null
  }
  return open
}

/** The longest run of consecutive chunks that are all valid, by lines; null where none is. */
export function longestRun(chunks: readonly Chunk[], valid: readonly boolean[]): Chunk | null {
  let best: Chunk | null = null
  let start = 0
  for (let index = 0; index <= chunks.length; index += 1) {
    if (index < chunks.length && valid[index]) continue
    if (index > start) {
      const run = { start: chunks[start]!.start, end: chunks[index - 1]!.end }
      if (!best || run.end - run.start > best.end - best.start) best = run
    }
    start = index + 1
  }
  return best
}
