import type { DataFrame } from 'danfojs-node'
import { frameOf } from './danfo.js'
import { transpose, type Grid } from './render/grid.js'
import { Tabular } from './render/tabular.js'
import type { Interval } from './statistics/bootstrap.js'

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
  /** 95 % interval of each figure, one per arm; shown behind it. */
  readonly intervals?: readonly (Interval | null)[]
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
export class Table extends Tabular implements TableContent {
  readonly id: string
  readonly caption: string
  readonly arms: readonly string[]
  readonly rows: readonly TableRow[]
  readonly source?: string

  constructor({ id, caption, arms, rows, source }: TableContent) {
    super()
    this.id = id
    this.caption = caption
    this.arms = arms
    this.rows = rows
    if (source !== undefined) this.source = source
  }

  /** A danfojs DataFrame of the same shape as {@link Table.toCSV}. */
  toFrame(): DataFrame {
    return frameOf(this.#columns())
  }

  /**
   * One line per arm, each figure followed by the bounds of its interval and the number of values behind it
   * (`lines_of_code,lines_of_code_n`), where there are such.
   */
  protected override lines() {
    const columns = this.#columns()
    return [
      columns.map((column) => column.name),
      ...this.arms.map((_, arm) => columns.map((column) => column.values[arm] ?? null)),
    ]
  }

  protected override label(): string {
    return this.id
  }

  #columns() {
    return [
      { name: 'arm', type: 'string' as const, values: this.arms },
      ...this.rows.flatMap(({ name, values, counts, intervals }) => [
        { name, type: 'number' as const, values },
        ...(intervals
          ? (['lower', 'upper'] as const).map((bound, i) => ({
              name: `${name}_${bound}`,
              type: 'number' as const,
              values: intervals.map((interval) => interval?.[i] ?? null),
            }))
          : []),
        ...(counts.length > 0 ? [{ name: `${name}_n`, type: 'integer' as const, values: counts }] : []),
      ]),
    ]
  }

  protected override grid(): Grid {
    const [first] = this.rows
    const sameCounts = this.rows.every(({ counts }) => counts.every((count, i) => count === first?.counts[i]))
    const cell = ({ values, counts, intervals, decimals = 4 }: TableRow, arm: number) => {
      const value = values[arm] ?? null
      const bounds = intervals?.[arm]?.map((bound) => bound.toFixed(decimals)).join(', ')
      const shown = (value === null ? '–' : value.toFixed(decimals)) + (bounds ? ` [${bounds}]` : '')
      return sameCounts ? shown : `${shown} (${counts[arm] ?? '?'})`
    }
    const rows = this.rows.map((row) => [row.label, ...this.arms.map((_, arm) => cell(row, arm))])
    if (sameCounts && first && first.counts.length > 0) rows.push(['n', ...first.counts.map(String)])
    const notes = [
      ...(this.source ? [this.source] : []),
      ...(this.rows.some((row) => row.intervals)
        ? ['In brackets: 95 % bootstrap intervals over problems.']
        : []),
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
