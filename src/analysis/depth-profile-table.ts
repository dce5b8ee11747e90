import type { Best } from './best-direction.js'
import type { ComparisonRow } from './comparison.js'
import type { Grid } from './render/grid.js'
import { fixed, formatP } from './render/numbers.js'
import { Tabular } from './render/tabular.js'
import type { Interval } from './statistics/bootstrap.js'
import { metricLabel } from './thesis-rows.js'

/** One depth against the original, and how often it is the best. */
export interface ProfileDepth extends ComparisonRow {
  /** 0-based decoder layer. */
  readonly layer: number
  /** Share of the resamples in which this depth is the best, 0 to 1; `null` for fewer than two problems. */
  readonly shareBest: number | null
}

/** The best depth of one metric. What is said of it is `null` where no pair of values exists. */
export interface ProfileRow {
  readonly metric: string
  /** Which end was looked for. */
  readonly best: Best
  readonly arm: string | null
  /** The best depth: 0-based decoder layer. */
  readonly layer: number | null
  /** 2.5 % and 97.5 % quantile of the best layer over the resamples; `null` for fewer than two problems. */
  readonly layerInterval: Interval | null
  /** Share of the resamples in which it is the best, 0 to 1; near 1 / depths means that the data do not say. */
  readonly shareBest: number | null
  /** Its mean difference to the original, over complete pairs. */
  readonly difference: number | null
  /** 95 % paired bootstrap interval of that, for this depth as if it had been chosen beforehand. */
  readonly interval: Interval | null
  /** Paired test, Holm over all depths. */
  readonly adjustedPValue: number | null
  /** The smallest difference that this many problems could have shown, see {@link ComparisonRow.detectable}. */
  readonly detectable: number | null
  /** Every depth, in order. */
  readonly depths: readonly ProfileDepth[]
}

/**
 * The best injection depth, a row a metric. A notebook displays it as a table; its CSV has a line a metric and depth.
 *
 * @example
 * ```ts
 * console.log(depthProfile(records, ['passed', 'lines']).toText())
 * ```
 */
export class DepthProfile extends Tabular {
  /** One per metric. */
  readonly rows: readonly ProfileRow[]

  constructor(rows: readonly ProfileRow[]) {
    super()
    this.rows = rows
  }

  protected override label(): string {
    return 'depth-profile'
  }

  protected override lines() {
    return [
      [
        'metric',
        'looked_for',
        'arm',
        'layer',
        'best',
        'share_best',
        'layer_interval_lower',
        'layer_interval_upper',
        'problems',
        'mean',
        'original_mean',
        'difference',
        'interval_lower',
        'interval_upper',
        'adjusted_p_value',
        'detectable',
      ],
      ...this.rows.flatMap((row) =>
        row.depths.map((depth) => [
          row.metric,
          row.best,
          depth.arm,
          depth.layer,
          depth.arm === row.arm,
          depth.shareBest,
          row.layerInterval?.[0] ?? null,
          row.layerInterval?.[1] ?? null,
          depth.problems,
          depth.mean,
          depth.originalMean,
          depth.difference,
          depth.interval?.[0] ?? null,
          depth.interval?.[1] ?? null,
          depth.adjustedPValue,
          depth.detectable,
        ]),
      ),
    ]
  }

  protected override grid(): Grid {
    return {
      caption: 'The best injection depth',
      header: [
        '',
        'looked for',
        'layer',
        '95 %',
        'how often best',
        'difference',
        '95 % interval',
        'p (Holm)',
        'detectable',
      ],
      rows: this.rows.map((row) => [
        metricLabel(row.metric),
        row.best,
        row.layer === null ? '–' : String(row.layer),
        row.layerInterval ? row.layerInterval.join(' to ') : '–',
        row.shareBest === null ? '–' : `${Math.round(100 * row.shareBest)} %`,
        fixed(row.difference, true),
        row.interval ? `${fixed(row.interval[0], true)} to ${fixed(row.interval[1], true)}` : '–',
        formatP(row.adjustedPValue),
        fixed(row.detectable),
      ]),
      note:
        'Layer: the mean difference to the original is the best there, over paired problems. 95 % and how often: the ' +
        'best layer over resampled problems. The difference of the best of many depths is optimistic. Detectable: the ' +
        'smallest difference that this many problems show with a power of 80 %.',
    }
  }
}
