import { toJsonValue } from '../../src/text/json.js'
import { figureHtml, plotlyScript, type FigureLike } from '../../src/text/plotly-html.js'
import { isPlainObject, type MimeBundle } from './mime.js'

/** The MIME type that Plotly's own renderers take. */
export const PLOTLY_MIME = 'application/vnd.plotly.v1+json'

/** Whether a value is a plotly figure: `{ data: [traces], layout }`. */
export function isFigure(value: unknown): value is FigureLike {
  if (typeof value !== 'object' || value === null) return false
  const { data, layout } = value as Partial<FigureLike>
  if (!Array.isArray(data) || !data.every((trace) => typeof trace === 'object' && trace !== null))
    return false
  if (isPlainObject(layout)) return true
  return data.length > 0 && data.every((trace) => typeof (trace as { type?: unknown }).type === 'string')
}

/** A figure for Plotly's renderers, and as HTML for all others. */
export function figureBundle(figure: FigureLike, withScript: boolean): MimeBundle {
  const { data, layout = {}, config = {}, frames } = figure
  const plain = toJsonValue({ data, layout, config, ...(frames ? { frames } : {}) })
  return {
    [PLOTLY_MIME]: plain,
    'text/html': (withScript ? `${plotlyScript()}\n` : '') + figureHtml(plain as FigureLike),
    'text/plain': `[plotly figure of ${data.length} ${data.length === 1 ? 'trace' : 'traces'}${titleOf(layout)}]`,
  }
}

function titleOf(layout: unknown): string {
  const title = (layout as { title?: unknown } | undefined)?.title
  const text = typeof title === 'object' && title !== null ? (title as { text?: unknown }).text : title
  return typeof text === 'string' ? `: ${text}` : ''
}
