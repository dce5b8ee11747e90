import { calleeBefore } from './call-site.js'
import type { CellConverter } from './convert/cell-converter.js'
import type { QuickInfo } from './convert/tslab.js'
import { toCodePoints, toOffset } from './text-position.js'

type Content = Record<string, unknown>

/** The content of a `complete_reply`. */
export function completeReply(converter: CellConverter, declared: string, request: Content): Content {
  const { code, position } = cursor(request)
  const found = converter.complete(declared, code, position)
  const start = toCodePoints(code, found.start)
  const end = toCodePoints(code, found.end)
  const kinds = new Map(found.original?.entries.map((entry) => [entry.name, entry.kind]))
  const types = found.candidates.map((text) => ({ text, type: kinds.get(text) ?? 'unknown', start, end }))
  return {
    status: 'ok',
    matches: found.candidates,
    cursor_start: start,
    cursor_end: end,
    metadata: { _jupyter_types_experimental: types },
  }
}

/** The content of an `inspect_reply`. */
export function inspectReply(converter: CellConverter, declared: string, request: Content): Content {
  const { code, position } = cursor(request)
  const info = lookUp(converter, declared, code, position)
  if (!info?.displayParts?.length) return { status: 'ok', found: false, data: {}, metadata: {} }
  const signature = joined(info.displayParts)
  return {
    status: 'ok',
    found: true,
    data: {
      'text/plain': `${signature}${documentationOf(info, indented)}`,
      'text/markdown': `${fenced(signature)}${documentationOf(info, fenced)}`,
    },
    metadata: {},
  }
}

/** What is known of the name at the cursor, else just before it, else of the call around it. */
function lookUp(
  converter: CellConverter,
  declared: string,
  code: string,
  position: number,
): QuickInfo | undefined {
  for (const at of [position, position - 1, calleeBefore(code, position)]) {
    if (at === undefined || at < 0) continue
    const info = converter.inspect(declared, code, at)
    // Where nothing is yet, the compiler says any.
    if (info?.displayParts?.length && joined(info.displayParts) !== 'any') return info
  }
  return undefined
}

/** The content of an `is_complete_reply`. */
export function isCompleteReply(converter: CellConverter, request: Content): Content {
  return { ...converter.completeness(textOf(request['code'])) }
}

function cursor(request: Content): { code: string; position: number } {
  const code = textOf(request['code'])
  return { code, position: toOffset(code, Number(request['cursor_pos'] ?? code.length)) }
}

/** The documentation as paragraphs, each after an empty line. */
function documentationOf(info: QuickInfo, code: (text: string) => string): string {
  const tags = (info.tags ?? [])
    .filter(({ name }) => name !== 'category') // it is for lists
    .map(({ name, text = [] }) =>
      name === 'example' ? `@example\n${code(joined(text))}` : `@${name} ${joined(text)}`.trim(),
    )
  const parts = [joined(info.documentation ?? []), ...tags].filter((part) => part !== '')
  // TypeScript 5.0 takes "@throws {@link X}" for a type and a tag of its own.
  return parts
    .map((part) => `\n\n${part}`)
    .join('')
    .replace(/\{\s*@link\s+([^}]+?)\s*\}/g, '$1')
}

function fenced(code: string): string {
  return code.startsWith('```') ? code : `\`\`\`typescript\n${code}\n\`\`\``
}

function indented(code: string): string {
  return code.replace(/^(?=.)/gm, '    ')
}

function joined(parts: readonly { text: string }[]): string {
  return parts.map((part) => part.text).join('')
}

/** A field that should be text; anything else a client sends counts as empty. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
