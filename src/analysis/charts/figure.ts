import { savePicture, type PictureSize } from './picture.js'
import type { BarTrace, BoxTrace, HeatmapTrace, ScatterTrace } from './traces.js'

/** One axis of a plotly layout. */
export interface Axis {
  /** `standoff`: pixels between tick labels and title. */
  readonly title: { readonly text: string; readonly standoff?: number }
  readonly type?: 'linear' | 'category'
  readonly range?: [number, number]
  readonly tickmode?: 'array'
  readonly tickvals?: number[]
  readonly ticktext?: string[]
  readonly tickformat?: string
  readonly autorange?: 'reversed'
  readonly zeroline?: boolean
  readonly zerolinecolor?: string
  readonly zerolinewidth?: number
  readonly gridcolor?: string
  readonly showgrid?: boolean
  readonly automargin?: boolean
}

/** A plotly layout, as far as our charts use it. */
export interface FigureLayout {
  readonly title: { readonly text: string; readonly subtitle?: { readonly text: string } }
  readonly xaxis: Axis
  readonly yaxis: Axis
  readonly height?: number
  readonly hovermode?: 'closest'
  readonly barmode?: 'stack'
  readonly bargap?: number
  readonly showlegend?: boolean
  readonly legend?: {
    readonly orientation: 'h' | 'v'
    readonly x: number
    readonly y: number
    readonly yanchor: 'top'
    readonly traceorder?: 'reversed'
  }
  readonly plot_bgcolor: string
  readonly paper_bgcolor: string
}

/** One trace of a figure. */
export type FigureTrace = ScatterTrace | HeatmapTrace | BarTrace | BoxTrace

/** What a {@link Figure} is made of. */
export interface FigureContent {
  readonly data: FigureTrace[]
  readonly layout: FigureLayout
}

/**
 * A plotly figure: plain data, for `Plotly.newPlot(div, figure)` or `application/vnd.plotly.v1+json`. A notebook draws
 * it; {@link Figure.save} writes it to a file.
 */
export class Figure implements FigureContent {
  readonly data: FigureTrace[]
  readonly layout: FigureLayout
  readonly config = { responsive: true, displaylogo: false } as const

  constructor({ data, layout }: FigureContent) {
    this.data = data
    this.layout = layout
  }

  /**
   * Writes the figure as a static picture, PNG or SVG by the ending of the path. Drawn by plotly.js in a headless
   * Chromium that is on this machine: the one in the environment variable `CHROMIUM`, else `chromium`, `google-chrome`
   * or their like on the PATH.
   *
   * @param path ends in `.png` or `.svg`; an existing file is replaced
   * @throws PictureError `NO_BROWSER` where there is none, with how to get one; `UNKNOWN_FORMAT`, `BROWSER_FAILED`.
   * @example
   * ```ts
   * await depthChart(records, 'passed').save('passed.svg')
   * ```
   */
  async save(path: string, size: PictureSize = {}): Promise<void> {
    await savePicture(this, path, size)
  }
}
