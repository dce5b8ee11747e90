/**
 * Whether `text` as a whole matches a glob: `*` any text, `?` one character, `[abc]` one of a set. Takes at most
 * pattern × text steps, since the pattern comes from a client; a regular expression could run for ever.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const tokens = tokensOf(pattern)
  let token = 0
  let at = 0
  let star = -1
  let resume = 0
  while (at < text.length) {
    const current = tokens[token]
    if (current === '*') {
      star = token++
      resume = at
    } else if (current !== undefined && accepts(current, text[at]!)) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++resume
    } else return false
  }
  while (tokens[token] === '*') token++
  return token === tokens.length
}

/** `*`, or the characters that one place takes; undefined stands for any. */
type Token = '*' | { oneOf: string | undefined }

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    const end = character === '[' ? pattern.indexOf(']', at + 2) : -1
    if (character === '*') tokens.push('*')
    else if (character === '?') tokens.push({ oneOf: undefined })
    else if (end > 0) {
      tokens.push({ oneOf: pattern.slice(at + 1, end) })
      at = end
    } else tokens.push({ oneOf: character })
  }
  return tokens
}

function accepts(token: Token, character: string): boolean {
  return token === '*' || token.oneOf === undefined || token.oneOf.includes(character)
}
