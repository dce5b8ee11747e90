const FENCE = '```'
const CODE_LINE = /^[ \t]*(?:async[ \t]+)?(?:def|class|import|from|@|return|for|while|if)\b/

/**
 * The code of a fenced text, by lines, in one pass:
 * the first block from an opening fence to its closing fence, or to the end where it is never closed. A first
 * fence without a language, after text that has lines of code, closes a block that the prompt had opened: then
 * everything before it is the code.
 *
 * @returns null where no line begins with a fence
 */
export function fencedCode(text: string): string | null {
  const lines = text.split('\n')
  const first = lines.findIndex(isFence)
  if (first < 0) return null
  const before = lines.slice(0, first)
  if (lines[first]!.trim() === FENCE && before.some((line) => CODE_LINE.test(line))) return before.join('\n')
  const close = lines.findIndex((line, index) => index > first && isFence(line))
  const end = close < 0 ? lines.length : close
  return lines.slice(first + 1, end).join('\n')
}

function isFence(line: string): boolean {
  return line.trimStart().startsWith(FENCE)
}
