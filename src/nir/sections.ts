/** The tags of a thinking reply, in the order in which the thesis asks for them. */
const TAGS = {
  thinking: 'thinking',
  reflection: 'reflection',
  solution: 'solution',
  context: 'context_generation',
} as const

/** The sections of a thinking reply (`thinking`, `reflection`, `solution`, `context`), trimmed; `null` where the tag is missing or not closed. */
export type Sections = Readonly<Record<keyof typeof TAGS, string | null>>

/** Finds the sections of a thinking reply, trimmed; the first of each. Linear in the length of the text. */
export function readSections(text: string): Sections {
  return {
    thinking: inside(text, TAGS.thinking),
    reflection: inside(text, TAGS.reflection),
    solution: inside(text, TAGS.solution),
    context: inside(text, TAGS.context),
  }
}

function inside(text: string, tag: string): string | null {
  const open = `<${tag}>`
  const start = text.indexOf(open)
  if (start < 0) return null
  const end = text.indexOf(`</${tag}>`, start + open.length)
  return end < 0 ? null : text.slice(start + open.length, end).trim()
}
