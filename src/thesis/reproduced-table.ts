import type { Figure, Interval, PublishedTableId } from '../analysis/index.js'
import type { Grid } from '../analysis/render/grid.js'
import { fixed } from '../analysis/render/numbers.js'
import { Tabular } from '../analysis/render/tabular.js'
import type { ThesisArm } from './arms.js'
import { reproductionChart } from './chart.js'

/** One figure, published and measured. */
export interface ReproducedCell {
  readonly arm: ThesisArm
  readonly published: number
  /** `null` where the metric is never defined, or the arm has not been run. */
  readonly measured: number | null
  /** Measured − published. */
  readonly difference: number | null
  /** Values behind the measured mean. */
  readonly count: number
  /**
   * 95 % bootstrap interval of the measured mean, over problems; the exact binomial one of a share that is 0 or 1 in all
   * of them; `null` for fewer than two problems.
   */
  readonly interval: Interval | null
  /**
   * Does the published figure lie in the interval? `null` without an interval. Where all problems have the same number
   * of something, the interval has no width, and only that number lies in it.
   */
  readonly agrees: boolean | null
}

/** A row of a table of the thesis: one figure in every arm. */
export interface ReproducedRow {
  /** As in data/thesis/tables.json: `lines_of_code`. */
  readonly name: string
  readonly label: string
  readonly decimals: number
  /** One an arm. */
  readonly cells: readonly ReproducedCell[]
}

/** What a {@link ReproducedTable} is made of. */
export interface ReproducedContent {
  readonly id: PublishedTableId
  readonly caption: string
  readonly rows: readonly ReproducedRow[]
  /** What was run. */
  readonly note: string
}

/**
 * A table of the thesis, published and measured side by side. A notebook displays it.
 *
 * @example
 * const table = reproduction.table('code_quality')
 * console.log(table.toLaTeX())
 * table.rows[0].cells[0].agrees
 */
export class ReproducedTable extends Tabular implements ReproducedContent {
  readonly id: PublishedTableId
  readonly caption: string
  readonly rows: readonly ReproducedRow[]
  readonly note: string

  constructor({ id, caption, rows, note }: ReproducedContent) {
    super()
    this.id = id
    this.caption = caption
    this.rows = rows
    this.note = note
  }

  /** A chart for every row but the sample sizes: the published and the measured figure of each arm, with the measured one's interval. */
  charts(): Figure[] {
    return this.rows.filter(({ name }) => name !== 'sample_size').map(reproductionChart)
  }

  protected override label(): string {
    return `reproduced-${this.id}`
  }

  protected override grid(): Grid {
    return {
      caption: `${this.caption}: published and measured`,
      header: ['', 'arm', 'here', 'published', 'measured', 'n', '95 % interval', 'difference', 'agrees'],
      rows: this.rows.flatMap(({ label, cells, decimals }) =>
        cells.map(({ arm, published, measured, count, interval, difference, agrees }, index) => [
          index === 0 ? label : '',
          arm.published,
          arm.measured,
          shown(published, decimals),
          shown(measured, decimals),
          String(count),
          interval ? `[${fixed(interval[0])}, ${fixed(interval[1])}]` : '–',
          decimals === 4 ? fixed(difference, true) : shown(difference, decimals),
          agrees === null ? '–' : agrees ? 'yes' : 'no',
        ]),
      ),
      note: `${this.note} Interval: bootstrap over problems (exact binomial where a share is 0 or 1). Agrees: the published figure lies in the interval.`,
    }
  }

  protected override lines() {
    return [
      [
        'table',
        'row',
        'published_arm',
        'arm',
        'published',
        'measured',
        'n',
        'interval_lower',
        'interval_upper',
        'difference',
        'agrees',
      ],
      ...this.rows.flatMap(({ name, cells }) =>
        cells.map(({ arm, published, measured, count, interval, difference, agrees }) => [
          this.id,
          name,
          arm.published,
          arm.measured,
          published,
          measured,
          count,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
          difference,
          agrees,
        ]),
      ),
    ]
  }
}

function shown(value: number | null, decimals: number): string {
  return value === null ? '–' : value.toFixed(decimals).replace('-', '−')
}
