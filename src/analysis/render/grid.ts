/** Cells as they are shown: the first column names the row, the others hold figures. */
export interface Grid {
  readonly caption: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** A line below the grid. */
  readonly note?: string
}

/** Columns and rows exchanged. */
export function transpose(grid: Grid): Grid {
  const [corner = '', ...columns] = grid.header
  return {
    ...grid,
    header: [corner, ...grid.rows.map((row) => row[0] ?? '')],
    rows: columns.map((name, i) => [name, ...grid.rows.map((row) => row[i + 1] ?? '')]),
  }
}
