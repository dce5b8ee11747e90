import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { toScriptJson } from './json.js'

/** The `<script>` that carries plotly.js has this class, so that an exporter can find it. */
export const PLOTLY_SCRIPT_CLASS = 'nir-plotly-js'

/** The face of a plotly figure. */
export interface FigureLike {
  readonly data: readonly unknown[]
  readonly layout?: unknown
  readonly config?: unknown
  readonly frames?: unknown
}

/** plotly.js as one `<script>` element. */
export function plotlyScript(): string {
  const path = createRequire(import.meta.url).resolve('plotly.js-dist-min')
  return `<script class="${PLOTLY_SCRIPT_CLASS}">${readFileSync(path, 'utf8')}</script>`
}

/** A figure as HTML that draws itself once plotly.js is on the page. */
export function figureHtml(figure: FigureLike): string {
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
