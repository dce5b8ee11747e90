import type { Grid } from './grid.js'

/** A table in GitHub's Markdown, first column to the left, figures to the right. */
export function gridToMarkdown(grid: Grid): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`
  const rule = `| ${grid.header.map((_, column) => (column === 0 ? ':--' : '--:')).join(' | ')} |`
  const table = [line(grid.header), rule, ...grid.rows.map(line)].join('\n')
  const note = grid.note ? `\n\n${escapeMarkdown(grid.note)}` : ''
  return `**${escapeMarkdown(grid.caption)}**\n\n${table}${note}\n`
}

/** Text that Markdown shows as it stands, on one line. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\`*_{}[\]#|~]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
}
