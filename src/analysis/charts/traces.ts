/** The line around a marker, or a line of its own. */
interface Line {
  readonly color?: string
  readonly width?: number
  readonly dash?: 'solid' | 'dash' | 'dot' | 'dashdot' | 'longdash'
}

/** Hatchings of plotly's bars; `''` is none. */
export type Hatch = '' | '/' | '\\' | 'x' | '-' | '|' | '+' | '.'

/** The marker symbols that our charts use. */
export type MarkerSymbol = 'circle' | 'square' | 'diamond' | 'triangle-up' | 'x' | 'line-ns-open'

/** What all traces have in common. */
interface Trace {
  readonly name?: string
  readonly text?: string[]
  readonly hovertemplate?: string
  readonly hoverinfo?: 'skip'
  readonly showlegend?: boolean
  readonly legendgroup?: string
}

/** A plotly line or point trace, as far as our charts use it. */
export interface ScatterTrace extends Trace {
  readonly type: 'scatter'
  readonly mode: 'lines' | 'markers' | 'lines+markers'
  readonly name: string
  readonly x: number[]
  readonly y: number[]
  readonly fill?: 'toself'
  readonly fillcolor?: string
  readonly line?: Line
  readonly marker?: {
    readonly symbol?: MarkerSymbol
    readonly color?: string | string[]
    readonly size?: number
    readonly line?: Line
  }
  /** Lengths of the bars to the right and to the left of each point. */
  readonly error_x?: {
    readonly type: 'data'
    readonly symmetric: false
    readonly array: number[]
    readonly arrayminus: number[]
    readonly color: string
    readonly thickness: number
    readonly width: number
  }
}

/** A plotly bar trace, as far as our charts use it. */
export interface BarTrace extends Trace {
  readonly type: 'bar'
  readonly name: string
  readonly x: string[]
  readonly y: number[]
  readonly marker: {
    readonly color: string
    readonly line: Line
    readonly pattern: {
      readonly shape: Hatch
      readonly bgcolor: string
      readonly fgcolor: string
      readonly solidity: number
      readonly size: number
    }
  }
}

/** A plotly box trace of quartiles that we computed, as far as our charts use it; one array entry a box. */
export interface BoxTrace extends Trace {
  readonly type: 'box'
  readonly name: string
  readonly x: string[]
  /** The values themselves, drawn as points: shape `[boxes, values]`. */
  readonly y: number[][]
  readonly q1: number[]
  readonly median: number[]
  readonly q3: number[]
  readonly lowerfence: number[]
  readonly upperfence: number[]
  readonly mean: number[]
  readonly boxpoints: 'all'
  readonly jitter: number
  readonly pointpos: number
  readonly fillcolor: string
  readonly line: Line
  readonly marker: { readonly color: string; readonly size: number; readonly opacity: number }
}

/** A plotly heat map trace, as far as our charts use it. `z` has shape `[y, x]`. */
export interface HeatmapTrace extends Omit<Trace, 'text'> {
  readonly type: 'heatmap'
  readonly x: string[]
  readonly y: string[]
  readonly z: (number | null)[][]
  readonly text: string[][]
  readonly texttemplate?: string
  readonly hovertemplate: string
  readonly colorscale: string
  readonly hoverongaps: boolean
  readonly xgap: number
  readonly ygap: number
  readonly zmin?: number
  readonly zmax?: number
  readonly colorbar: {
    readonly title: { readonly text: string; readonly side: 'right' }
    readonly tickformat?: string
  }
}
