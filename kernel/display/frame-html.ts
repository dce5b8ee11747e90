import { escapeHtml } from '../../src/text/escape-html.js'
import { isNull, textOfValue, type FrameView } from './frame.js'

const HEAD_ROWS = 40
const TAIL_ROWS = 10
const MAX_COLUMNS = 40
const MAX_CELL = 120
/** Characters of a cell that is never broken into lines. */
const SHORT = 24

/** A table, cut where it is long or wide. */
export function frameHtml({ columns, rows, index, size }: FrameView): string {
  const shown = columns.slice(0, MAX_COLUMNS)
  const header = shown.map(
    ({ name, type }) => `<th>${escapeHtml(name)}<br><small>${escapeHtml(type)}</small></th>`,
  )
  const rowHtml = (at: number): string => {
    const cells = shown.map((_, column) => cellHtml(rows[at]![column]))
    return `<tr><th>${escapeHtml(String(index[at]))}</th>${cells.join('')}</tr>`
  }
  const cut = rows.length > HEAD_ROWS + TAIL_ROWS
  const body = Array.from({ length: cut ? HEAD_ROWS : rows.length }, (_, at) => rowHtml(at))
  if (cut) {
    body.push(`<tr><th>⋮</th>${'<td>⋮</td>'.repeat(shown.length)}</tr>`)
    for (let at = rows.length - TAIL_ROWS; at < rows.length; at++) body.push(rowHtml(at))
  }
  const hidden = columns.length > shown.length ? ` (${shown.length} shown)` : ''
  return (
    `<div style="overflow-x:auto"><table class="dataframe"><thead><tr><th></th>${header.join('')}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table><p><small>${size}${hidden}</small></p></div>`
  )
}

function cellHtml(value: unknown): string {
  if (isNull(value)) return '<td><i>null</i></td>'
  const text = textOfValue(value)
  if (typeof value === 'number') return `<td style="text-align:right">${text}</td>`
  if (text.length <= SHORT) return `<td style="white-space:nowrap">${escapeHtml(text)}</td>`
  if (text.length <= MAX_CELL) return `<td>${escapeHtml(text)}</td>`
  return `<td title="${escapeHtml(text.slice(0, 2000))}">${escapeHtml(text.slice(0, MAX_CELL))}…</td>`
}
