import type { DataFrame } from 'danfojs-node'
import { frameOf } from './danfo.js'
import { jupyterDisplay, type TableBundle } from './render/display.js'
import { transpose, type Grid } from './render/grid.js'
import { gridToHTML } from './render/grid-to-html.js'
import { gridToText } from './render/grid-to-text.js'
import { toCSV } from './render/to-csv.js'

/** One figure of a table, over all arms. */
export interface TableRow {
  /** For programs: `lines_of_code`. */
  readonly name: string
  /** For readers: `Lines of code`. */
  readonly label: string
  /** One per arm; `null` where no value is defined. */
  readonly values: readonly (number | null)[]
  /** Values behind each figure, one per arm. Empty where the source does not say. */
  readonly counts: readonly number[]
  /** Decimals shown. Default 4, as the thesis prints. */
  readonly decimals?: number
}

/** What a {@link Table} is made of. */
export interface TableContent {
  readonly id: string
  readonly caption: string
  /** Names of the arms, in depth order with `original` last. */
  readonly arms: readonly string[]
  readonly rows: readonly TableRow[]
  /** Where the figures come from, if not from one's own records; shown below them. */
  readonly source?: string
}

/** More arms than this run down the page instead of across. */
const MOST_ARMS_ACROSS = 6

/**
 * Figures by arm. Shown like the thesis' tables, figures down and arms across; with more than six arms they
 * change places, so that a sweep over every depth stays readable. A notebook displays it as HTML.
 *
 * @example
 * ```ts
 * const table = thesisTable(records, 'code_structure')
 * console.log(table.toText())
 * table.rows[0]?.values // lines of code, one mean per arm
 * ```
 */
export class Table implements TableContent {
  readonly id: string
  readonly caption: string
  readonly arms: readonly string[]
  readonly rows: readonly TableRow[]
  readonly source?: string

  constructor({ id, caption, arms, rows, source }: TableContent) {
    this.id = id
    this.caption = caption
    this.arms = arms
    this.rows = rows
    if (source !== undefined) this.source = source
  }

  /** Aligned plain text, for a terminal. */
  toText(): string {
    return gridToText(this.#grid())
  }

  /** An HTML `<table>`, escaped. */
  toHTML(): string {
    return gridToHTML(this.#grid())
  }

  /**
   * RFC 4180 text with every digit: one line per arm, each figure followed by the number of values behind it
   * (`lines_of_code,lines_of_code_n`). Empty where undefined.
   */
  toCSV(): string {
    const columns = this.#columns()
    return toCSV([
      columns.map((column) => column.name),
      ...this.arms.map((_, arm) => columns.map((column) => column.values[arm] ?? null)),
    ])
  }

  /** A danfojs DataFrame of the same shape as {@link Table.toCSV}. */
  toFrame(): DataFrame {
    return frameOf(this.#columns())
  }

  [jupyterDisplay](): TableBundle {
    return { 'text/html': this.toHTML(), 'text/plain': this.toText() }
  }

  #columns() {
    return [
      { name: 'arm', dtype: 'string' as const, values: this.arms },
      ...this.rows.flatMap(({ name, values, counts }) => [
        { name, dtype: 'float32' as const, values },
        ...(counts.length > 0 ? [{ name: `${name}_n`, dtype: 'int32' as const, values: counts }] : []),
      ]),
    ]
  }

  #grid(): Grid {
    const [first] = this.rows
    const sameCounts = this.rows.every(({ counts }) => counts.every((count, i) => count === first?.counts[i]))
    const cell = ({ values, counts, decimals = 4 }: TableRow, arm: number) => {
      const value = values[arm] ?? null
      const shown = value === null ? '–' : value.toFixed(decimals)
      return sameCounts ? shown : `${shown} (${counts[arm] ?? '?'})`
    }
    const rows = this.rows.map((row) => [row.label, ...this.arms.map((_, arm) => cell(row, arm))])
    if (sameCounts && first && first.counts.length > 0) rows.push(['n', ...first.counts.map(String)])
    const notes = [
      ...(this.source ? [this.source] : []),
      ...(sameCounts ? [] : ['In parentheses: the number of values behind each figure.']),
    ]
    const grid: Grid = {
      caption: this.caption,
      header: ['', ...this.arms],
      rows,
      ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
    }
    return this.arms.length > MOST_ARMS_ACROSS ? transpose(grid) : grid
  }
}
