const MARK = '```'
const CODE_LINE = /^[ \t]*(?:async[ \t]+)?(?:def|class|import|from|@|return|for|while|if)\b/
const LANGUAGE = /^[\w+#.-]*$/

interface Fence {
  readonly line: number
  /** What stands before the mark on its line. */
  readonly head: string
  readonly language: string
}

/**
 * The code of a fenced text, by lines, in one pass:
 * the first block from an opening fence to its closing fence, or to the end where it is never closed. A first
 * fence without a language, after text that has lines of code, closes a block that the prompt had opened: then
 * everything before it is the code.
 *
 * @returns null where there is no fence, at the beginning or end of a line
 */
export function fencedCode(text: string): string | null {
  const lines = text.split('\n')
  const first = nextFence(lines, 0)
  if (!first) return null
  const before = upTo(lines, 0, first)
  if (first.language === '' && before.some((line) => CODE_LINE.test(line))) return before.join('\n')
  const close = nextFence(lines, first.line + 1)
  return (close ? upTo(lines, first.line + 1, close) : lines.slice(first.line + 1)).join('\n')
}

function nextFence(lines: readonly string[], from: number): Fence | null {
  for (let line = from; line < lines.length; line += 1) {
    const text = lines[line]!
    const at = text.lastIndexOf(MARK)
    if (at < 0) continue
    const trimmed = text.trim()
    if (trimmed.startsWith(MARK)) return { line, head: '', language: trimmed.slice(MARK.length) }
    const language = text.slice(at + MARK.length).trim()
    // An even number of marks is code within a sentence.
    if (LANGUAGE.test(language) && text.split(MARK).length % 2 === 0)
      return { line, head: text.slice(0, at), language }
  }
  return null
}

function upTo(lines: readonly string[], start: number, fence: Fence): string[] {
  const before = lines.slice(start, fence.line)
  return fence.head.trim() === '' ? before : [...before, fence.head]
}
