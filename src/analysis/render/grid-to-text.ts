import type { Grid } from './grid.js'

/** Aligned columns for a terminal: names to the left, figures to the right. */
export function gridToText(grid: Grid): string {
  const lines = [grid.header, ...grid.rows]
  const widths = grid.header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const aligned = lines.map((line) =>
    widths
      .map((width, column) => {
        const cell = line[column] ?? ''
        return column === 0 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd(),
  )
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2))
  const [header = '', ...body] = aligned
  return [grid.caption, rule, header, rule, ...body, rule, ...(grid.note ? [grid.note] : [])].join('\n')
}
