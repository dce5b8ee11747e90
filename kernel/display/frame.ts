import { escapeHtml } from '../../src/text/escape-html.js'
import type { MimeBundle } from './mime.js'

const HEAD_ROWS = 40
const TAIL_ROWS = 10
const MAX_COLUMNS = 40
const MAX_CELL = 120
/** Characters of a cell that is never broken into lines. */
const SHORT = 24

/** The face of danfojs frames and series that this file reads. */
interface FrameLike {
  readonly columns: readonly unknown[]
  readonly index: readonly unknown[]
  readonly dtypes: readonly string[]
  readonly shape: readonly number[]
  readonly values: readonly unknown[]
  toString(): string
}

/** Whether a value is a danfojs DataFrame or Series of any copy of danfojs. */
export function isFrame(value: unknown): value is FrameLike {
  if (typeof value !== 'object' || value === null || !('$dataIncolumnFormat' in value)) return false
  const frame = value as Partial<FrameLike>
  return Array.isArray(frame.columns) && Array.isArray(frame.index) && Array.isArray(frame.shape)
}

/** A frame as an HTML table with types and counts of nulls, and as text. */
export function frameBundle(frame: FrameLike): MimeBundle {
  return { 'text/html': frameHtml(frame), 'text/plain': frame.toString() }
}

function frameHtml(frame: FrameLike): string {
  const rows = frame.values.map((row) => (Array.isArray(row) ? (row as unknown[]) : [row]))
  const columns = frame.columns.slice(0, MAX_COLUMNS)
  const nulls = columns.map((_, at) => rows.reduce((count, row) => count + (isNull(row[at]) ? 1 : 0), 0))
  const header = columns.map((name, at) => {
    const missing = nulls[at]! > 0 ? ` · ${nulls[at]} null` : ''
    const type = `${frame.dtypes[at] ?? ''}${missing}`
    return `<th>${escapeHtml(String(name))}<br><small>${escapeHtml(type)}</small></th>`
  })
  const cut = rows.length > HEAD_ROWS + TAIL_ROWS
  const head = cut ? rows.slice(0, HEAD_ROWS) : rows
  const body = head.map((row, at) => rowHtml(frame, row, at, columns.length))
  if (cut) {
    body.push(`<tr><th>⋮</th>${'<td>⋮</td>'.repeat(columns.length)}</tr>`)
    const from = rows.length - TAIL_ROWS
    body.push(...rows.slice(from).map((row, at) => rowHtml(frame, row, from + at, columns.length)))
  }
  const total = frame.columns.length
  const hidden = total > columns.length ? ` (${columns.length} shown)` : ''
  const size = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} × ${total} ${total === 1 ? 'column' : 'columns'}${hidden}`
  return (
    `<div style="overflow-x:auto"><table class="dataframe"><thead><tr><th></th>${header.join('')}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table><p><small>${size}</small></p></div>`
  )
}

function rowHtml(frame: FrameLike, row: readonly unknown[], at: number, width: number): string {
  const cells = Array.from({ length: width }, (_, column) => cellHtml(row[column]))
  return `<tr><th>${escapeHtml(String(frame.index[at]))}</th>${cells.join('')}</tr>`
}

function cellHtml(value: unknown): string {
  if (isNull(value)) return '<td><i>null</i></td>'
  if (typeof value === 'number') return `<td style="text-align:right">${formatNumber(value)}</td>`
  const text = value instanceof Date ? value.toISOString() : String(value)
  if (text.length <= SHORT) return `<td style="white-space:nowrap">${escapeHtml(text)}</td>`
  if (text.length <= MAX_CELL) return `<td>${escapeHtml(text)}</td>`
  return `<td title="${escapeHtml(text.slice(0, 2000))}">${escapeHtml(text.slice(0, MAX_CELL))}…</td>`
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
}

function isNull(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value))
}
