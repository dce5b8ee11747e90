/** A plotly line or point trace, as far as our charts use it. */
export interface ScatterTrace {
  readonly type: 'scatter'
  readonly mode: 'lines' | 'markers' | 'lines+markers'
  readonly name: string
  readonly x: number[]
  readonly y: number[]
  readonly text?: string[]
  readonly hovertemplate?: string
  readonly hoverinfo?: 'skip'
  readonly showlegend?: boolean
  readonly legendgroup?: string
  readonly fill?: 'toself'
  readonly fillcolor?: string
  readonly line?: { readonly color?: string; readonly width?: number; readonly dash?: 'dash' }
  readonly marker?: {
    readonly color?: string | string[]
    readonly size?: number
    readonly line?: { readonly color?: string; readonly width?: number }
  }
}

/** A plotly heat map trace, as far as our charts use it. `z` has shape `[y, x]`. */
export interface HeatmapTrace {
  readonly type: 'heatmap'
  readonly x: string[]
  readonly y: string[]
  readonly z: (number | null)[][]
  readonly text: string[][]
  readonly hovertemplate: string
  readonly colorscale: string
  readonly hoverongaps: boolean
  readonly xgap: number
  readonly ygap: number
  readonly zmin?: number
  readonly zmax?: number
  readonly colorbar: { readonly title: { readonly text: string }; readonly tickformat?: string }
}

/** One axis of a plotly layout. */
export interface Axis {
  /** `standoff`: pixels between tick labels and title. */
  readonly title: { readonly text: string; readonly standoff?: number }
  readonly type?: 'linear' | 'category'
  readonly range?: [number, number]
  readonly tickmode?: 'array'
  readonly tickvals?: number[]
  readonly tickformat?: string
  readonly autorange?: 'reversed'
  readonly zeroline?: boolean
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
  readonly legend?: {
    readonly orientation: 'h'
    readonly x: number
    readonly y: number
    readonly yanchor: 'top'
  }
  readonly plot_bgcolor: string
  readonly paper_bgcolor: string
  readonly margin?: { readonly t?: number; readonly b?: number; readonly l?: number; readonly r?: number }
}

/**
 * A plotly figure: plain data, for `Plotly.newPlot(div, figure)` or `application/vnd.plotly.v1+json`. A
 * notebook draws it.
 */
export interface Figure {
  readonly data: (ScatterTrace | HeatmapTrace)[]
  readonly layout: FigureLayout
  readonly config: { readonly responsive: boolean; readonly displaylogo: boolean }
}

/** The settings that all figures share. */
export const FIGURE_CONFIG: Figure['config'] = { responsive: true, displaylogo: false }
