import { escapeHtml } from '../../text/escape-html.js'
import type { Grid } from './grid.js'

/** A plain HTML table, for a notebook to style; header cells carry their scope for screen readers. */
export function gridToHTML(grid: Grid): string {
  const right = ' style="text-align: right; white-space: nowrap"'
  const left = ' style="text-align: left"'
  const leftOnOneLine = ' style="text-align: left; white-space: nowrap"'
  const header = grid.header.map((cell, i) => `<th scope="col"${i ? right : left}>${escapeHtml(cell)}</th>`)
  const rows = grid.rows.map(([name = '', ...cells]) => {
    const figures = cells.map((cell) => `<td${right}>${escapeHtml(cell)}</td>`)
    return `<tr><th scope="row"${leftOnOneLine}>${escapeHtml(name)}</th>${figures.join('')}</tr>`
  })
  const note = grid.note
    ? `<tfoot><tr><td colspan="${grid.header.length}"${left}>${escapeHtml(grid.note)}</td></tr></tfoot>`
    : ''
  return [
    '<table>',
    `<caption>${escapeHtml(grid.caption)}</caption>`,
    `<thead><tr>${header.join('')}</tr></thead>`,
    `<tbody>${rows.join('')}</tbody>`,
    `${note}</table>`,
  ].join('')
}
