import { escapeHtml } from '../../text/escape-html.js'
import type { HelpEntry } from './entries.js'

const TITLE = "What there is. nir.help('sweep') or nir.help(nir.sweep) tells all of one."

/** All entries by category, with an example in a line. */
export function overviewText(entries: readonly HelpEntry[]): string {
  const parts = [...byCategory(entries)].map(([category, items]) => {
    const lines = items.flatMap((item) => [
      `  ${item.path}: ${summaryOf(item)}`,
      ...indented(exampleOf(item), 6),
    ])
    return [category, ...lines].join('\n')
  })
  return [TITLE, ...parts].join('\n\n')
}

export function overviewHtml(entries: readonly HelpEntry[]): string {
  const parts = [...byCategory(entries)].map(([category, items]) => {
    const rows = items.map((item) =>
      [code(item.path), escapeHtml(summaryOf(item)), code(exampleOf(item))]
        .map((cell) => `<td style="text-align:left;vertical-align:top">${cell}</td>`)
        .join(''),
    )
    const head = `<tr><th colspan="3" style="text-align:left">${escapeHtml(category)}</th></tr>`
    return `${head}${rows.map((row) => `<tr>${row}</tr>`).join('')}`
  })
  return `<p>${escapeHtml(TITLE)}</p><table>${parts.join('')}</table>`
}

/** All of one entry. */
export function entryText(entry: HelpEntry): string {
  const parts = [`${entry.path}\n\n${entry.signature}`, entry.description]
  return [...parts, ...tagsOf(entry).map(([tag, text]) => sectionText(tag, text))].join('\n\n')
}

export function entryHtml(entry: HelpEntry): string {
  const paragraphs = entry.description.split('\n\n').map((text) => `<p>${escapeHtml(text)}</p>`)
  const sections = tagsOf(entry).map(([tag, text]) =>
    tag === 'example' ? pre(text) : `<p><b>${tag}</b> ${escapeHtml(text)}</p>`,
  )
  return [`<h4>${escapeHtml(entry.path)}</h4>`, pre(entry.signature), ...paragraphs, ...sections].join('')
}

function sectionText(tag: string, text: string): string {
  return tag === 'example' ? indented(text, 4).join('\n') : `${tag}: ${text}`
}

function tagsOf({ tags }: HelpEntry): HelpEntry['tags'] {
  return tags.filter(([tag]) => tag !== 'category')
}

function byCategory(entries: readonly HelpEntry[]): Map<string, HelpEntry[]> {
  const groups = new Map<string, HelpEntry[]>()
  for (const entry of entries) groups.set(entry.category, [...(groups.get(entry.category) ?? []), entry])
  return groups
}

/** The first sentence. */
function summaryOf({ description }: HelpEntry): string {
  return /^.*?\.(?=\s|$)/s.exec(description)?.[0] ?? description
}

/** The first line of an example that names it. */
function exampleOf({ name, tags }: HelpEntry): string {
  const lines = tags.flatMap(([tag, text]) => (tag === 'example' ? text.split('\n') : []))
  return lines.find((line) => new RegExp(`\\b${name}\\b`).test(line)) ?? ''
}

function indented(text: string, by: number): string[] {
  return text === '' ? [] : text.split('\n').map((line) => `${' '.repeat(by)}${line}`.trimEnd())
}

function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`
}

function pre(text: string): string {
  return `<pre>${escapeHtml(text)}</pre>`
}
