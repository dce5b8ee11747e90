import { escapeHtml } from '../../text/escape-html.js'
import { PYTHON_STYLE, pythonLines, type Piece } from '../../text/python-html.js'
import type { Span } from './changed-words.js'
import type { LinePair } from './line-pairs.js'

const STYLE = `<style>
.nir-diff { border-collapse: collapse; table-layout: fixed; width: 100% }
.nir-diff th { text-align: left; font-weight: normal; font-size: smaller; vertical-align: bottom }
.nir-diff td { text-align: left; vertical-align: top; padding: 0 6px; border: 0; font-family: var(--jp-code-font-family, monospace); white-space: pre-wrap; overflow-wrap: anywhere }
.nir-diff col.nir-number { width: 3em }
.nir-diff td.nir-number { text-align: right; opacity: 0.5; user-select: none }
.nir-diff .nir-before { background: rgba(220, 60, 50, 0.15) }
.nir-diff .nir-after { background: rgba(40, 160, 70, 0.15) }
.nir-diff .nir-none { background: rgba(128, 128, 128, 0.08) }
.nir-diff .nir-before mark { color: inherit; background: rgba(220, 60, 50, 0.35) }
.nir-diff .nir-after mark { color: inherit; background: rgba(40, 160, 70, 0.35) }${PYTHON_STYLE}
</style>`

/** A side: its caption and its code. */
interface Side {
  readonly caption: string
  readonly code: string
}

/** Two programs beside each other, with changed lines and words marked. Everything is escaped. */
export function diffToHtml(before: Side, after: Side, pairs: readonly LinePair[]): string {
  const [left, right] = [pythonLines(before.code), pythonLines(after.code)]
  const rows = pairs.map((pair) => {
    const cells = [
      lineHtml(left, pair.before, pair.changed ? 'nir-before' : '', pair.beforeSpans),
      lineHtml(right, pair.after, pair.changed ? 'nir-after' : '', pair.afterSpans),
    ]
    return `<tr>${cells.join('')}</tr>`
  })
  const heads = [before, after].map(
    ({ caption }) => `<th colspan="2" scope="col">${escapeHtml(caption)}</th>`,
  )
  return (
    `${STYLE}<table class="nir-diff nir-python"><colgroup><col class="nir-number"><col><col class="nir-number"><col></colgroup>` +
    `<thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`
  )
}

function lineHtml(
  lines: readonly Piece[][],
  index: number | null,
  name: string,
  spans: readonly Span[],
): string {
  if (index === null) return '<td class="nir-number nir-none"></td><td class="nir-none"></td>'
  const code = (lines[index] ?? []).reduce(
    ({ html, at }, { text, kind }) => {
      const marked = withMarks(text, at, spans)
      return { html: html + (kind ? `<span class="${kind}">${marked}</span>` : marked), at: at + text.length }
    },
    { html: '', at: 0 },
  ).html
  return `<td class="nir-number ${name}">${index + 1}</td><td class="${name}">${code}</td>`
}

/** Escapes a piece that begins at a column, with the spans inside it marked. */
function withMarks(text: string, column: number, spans: readonly Span[]): string {
  let html = ''
  let done = 0
  for (const [start, end] of spans) {
    const [from, to] = [Math.max(start - column, done), Math.min(end - column, text.length)]
    if (from >= to) continue
    html += `${escapeHtml(text.slice(done, from))}<mark>${escapeHtml(text.slice(from, to))}</mark>`
    done = to
  }
  return html + escapeHtml(text.slice(done))
}
