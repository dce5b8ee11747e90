import { widthOf } from '../columns.js'
import { textOfValue, type FrameView } from './frame.js'

const HEAD_ROWS = 10
const TAIL_ROWS = 5
const MAX_CELL = 24
/** Of a line, in columns of a terminal. */
const MAX_WIDTH = 100

/** Aligned columns for a terminal: as many as a line holds, the first rows and the last. */
export function frameText({ columns, rows, index, size }: FrameView): string {
  const cut = rows.length > HEAD_ROWS + TAIL_ROWS
  const head = Array.from({ length: cut ? HEAD_ROWS : rows.length }, (_, at) => at)
  const tail = cut ? Array.from({ length: TAIL_ROWS }, (_, at) => rows.length - TAIL_ROWS + at) : []
  const columnOf = (texts: readonly string[], of: (row: number) => string): string[] =>
    [...texts, ...head.map(of), ...(cut ? ['⋮'] : []), ...tail.map(of)].map(shortened)
  const table = [
    padded(
      columnOf(['', ''], (row) => String(index[row])),
      false,
    ),
  ]
  let width = widthOf(table[0]![0]!)
  for (const [at, { name, type }] of columns.entries()) {
    const isNumeric = rows.some((row) => typeof row[at] === 'number')
    const column = padded(
      columnOf([name, type], (row) => textOfValue(rows[row]![at])),
      isNumeric,
    )
    width += 2 + widthOf(column[0]!)
    if (width > MAX_WIDTH && table.length > 1) break
    table.push(column)
  }
  const lines = table[0]!
    .map((_, line) =>
      table
        .map((column) => column[line])
        .join('  ')
        .trimEnd(),
    )
    .filter((line) => line !== '')
  const hidden = columns.length - (table.length - 1)
  return [...lines, `${size}${hidden > 0 ? ` (${hidden} more to the right)` : ''}`].join('\n')
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > MAX_CELL ? `${line.slice(0, MAX_CELL - 1)}…` : line
}

function padded(texts: readonly string[], toTheRight: boolean): string[] {
  const width = Math.max(...texts.map(widthOf))
  return texts.map((text) => {
    const space = ' '.repeat(width - widthOf(text))
    return toTheRight ? space + text : text + space
  })
}
