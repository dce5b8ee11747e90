const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/**
 * The offset of the function's name in the call whose arguments hold `position`, or undefined. Brackets are counted
 * without regard to strings: it serves help on a call that is being typed, which may not parse.
 */
export function calleeBefore(code: string, position: number): number | undefined {
  const open: string[] = []
  for (let at = Math.min(position, code.length) - 1; at >= 0; at--) {
    const character = code[at]!
    const opening = CLOSES[character]
    if (opening !== undefined) open.push(opening)
    else if (character === open.at(-1)) open.pop()
    else if (character === '(' && open.length === 0) return nameBefore(code, at)
  }
  return undefined
}

function nameBefore(code: string, at: number): number | undefined {
  const name = /[\w$]+\s*$/.exec(code.slice(0, at))
  return name?.index
}
