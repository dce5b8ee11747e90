const LITERAL = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' }

/**
 * A list of texts from one cell of a table: a JSON array, or Python's way to write one, as pandas (`['a', "b"]`) and
 * numpy (`['a' 'b']`) leave it in a CSV file. Any other text is a list of itself.
 */
export function stringList(cell: string): unknown[] {
  const text = cell.trim()
  if (!text.startsWith('[') || !text.endsWith(']')) return [cell]
  try {
    return JSON.parse(text) as unknown[]
  } catch {
    return pythonList(text.slice(1, -1)) ?? [cell]
  }
}

/** The string literals of a Python list, or null where it holds anything else. */
function pythonList(text: string): string[] | null {
  const items: string[] = []
  let at = 0
  for (;;) {
    while (/[\s,]/.test(text[at] ?? '')) at++
    if (at === text.length) return items
    LITERAL.lastIndex = at
    const literal = LITERAL.exec(text)?.[0]
    if (literal === undefined) return null
    items.push(unescape(literal.slice(1, -1)))
    at += literal.length
  }
}

function unescape(literal: string): string {
  return literal.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([^]))/gi, (whole, hex, unicode, other) => {
    const code = (hex ?? unicode) as string | undefined
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16))
    const character = other as string
    return ESCAPES[character] ?? (/["'\\]/.test(character) ? character : whole)
  })
}
