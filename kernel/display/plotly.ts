import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { toJsonValue, toScriptJson } from './json.js'
import { isPlainObject, type MimeBundle } from './mime.js'

/** The MIME type that Plotly's own renderers take. */
export const PLOTLY_MIME = 'application/vnd.plotly.v1+json'

/** The `<script>` that carries plotly.js has this class, so that an exporter can find it. */
export const PLOTLY_SCRIPT_CLASS = 'nir-plotly-js'

interface Figure {
  data: readonly unknown[]
  layout?: unknown
  config?: unknown
  frames?: unknown
}

/** Whether a value is a plotly figure: `{ data: [traces], layout }`. */
export function isFigure(value: unknown): value is Figure {
  if (typeof value !== 'object' || value === null) return false
  const { data, layout } = value as Partial<Figure>
  if (!Array.isArray(data) || !data.every((trace) => typeof trace === 'object' && trace !== null))
    return false
  if (isPlainObject(layout)) return true
  return data.length > 0 && data.every((trace) => typeof (trace as { type?: unknown }).type === 'string')
}

/** A figure for Plotly's renderers, and as HTML for all others. */
export function figureBundle(figure: Figure, withScript: boolean): MimeBundle {
  const { data, layout = {}, config = {}, frames } = figure
  const plain = toJsonValue({ data, layout, config, ...(frames ? { frames } : {}) })
  return {
    [PLOTLY_MIME]: plain,
    'text/html': (withScript ? `${plotlyScript()}\n` : '') + figureHtml(plain as Figure),
    'text/plain': `[plotly figure of ${data.length} ${data.length === 1 ? 'trace' : 'traces'}${titleOf(layout)}]`,
  }
}

/** plotly.js as one `<script>` element. */
export function plotlyScript(): string {
  const path = createRequire(import.meta.url).resolve('plotly.js-dist-min')
  return `<script class="${PLOTLY_SCRIPT_CLASS}">${readFileSync(path, 'utf8')}</script>`
}

/** A figure as HTML that draws itself once plotly.js is on the page. */
export function figureHtml(figure: Figure): string {
  const id = `nir-${randomUUID()}`
  const height = Number((figure.layout as { height?: unknown } | undefined)?.height) || 450
  return `<div id="${id}" style="min-height:${height}px"></div>
<script>(() => {
  const figure = ${toScriptJson(figure)};
  let waited = 0;
  const draw = () => {
    const place = document.getElementById(${JSON.stringify(id)});
    if (!place) return;
    if (window.Plotly) {
      window.Plotly.newPlot(place, { ...figure, config: { responsive: true, ...figure.config } });
    } else if ((waited += 100) < 10000) setTimeout(draw, 100);
    else place.textContent = 'plotly.js is not on this page: run the cell of the first figure again.';
  };
  draw();
})();</script>`
}

function titleOf(layout: unknown): string {
  const title = (layout as { title?: unknown } | undefined)?.title
  const text = typeof title === 'object' && title !== null ? (title as { text?: unknown }).text : title
  return typeof text === 'string' ? `: ${text}` : ''
}
