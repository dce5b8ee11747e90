/** What Python's `str.isspace` accepts: JavaScript's `\s` lacks U+001C–U+001F and U+0085, and has U+FEFF. */
const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'

const ALL_SPACE = new RegExp(`^${SPACE}$`, 'u')
// eslint-disable-next-line no-control-regex -- Python splits lines at these control characters
const LINE_BREAK = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/u

/** The pattern of one white-space character, for use in a larger regular expression with the `u` flag. */
export const PY_SPACE = SPACE

/** Python's `str.lstrip()`. */
export function lstrip(text: string): string {
  let start = 0
  while (start < text.length && isSpace(text, start)) start += 1
  return start ? text.slice(start) : text
}

/** Python's `str.strip()`, in linear time. */
export function strip(text: string): string {
  let end = text.length
  while (end > 0 && isSpace(text, end - 1)) end -= 1
  return lstrip(end < text.length ? text.slice(0, end) : text)
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code < 0x80 ? code <= 0x20 && (code >= 0x1c || (code >= 9 && code <= 13)) : ALL_SPACE.test(text[at]!)
}

/** Python's `str.splitlines()`. */
export function splitLines(text: string): string[] {
  const lines = text.split(LINE_BREAK)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** Length in code points, as Python's `len`. */
export function pyLength(text: string): number {
  return [...text].length
}
