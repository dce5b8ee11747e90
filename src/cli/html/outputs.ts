import { marked } from 'marked'
import { PLOTLY_MIME } from '../../../kernel/display/plotly.js'
import { figureHtml } from '../../text/plotly-html.js'
import { textOf } from '../notebook/notebook.js'
import type { Output } from '../notebook/outputs.js'
import { ansiToHtml } from './ansi.js'

const IMAGES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']

/** One output of a cell as HTML. Figures expect plotly.js on the page. */
export function outputHtml(output: Output): string {
  switch (output.output_type) {
    case 'stream':
      return pre(textOf(output.text), `stream ${output.name}`)
    case 'error':
      return pre(output.traceback.join('\n'), 'error')
    default:
      return `<div class="output${isFigure(output) ? ' figure' : ''}">${dataHtml(output.data)}</div>`
  }
}

/** Whether an output is drawn by plotly.js. */
export function isFigure(output: Output): boolean {
  return 'data' in output && PLOTLY_MIME in output.data
}

function dataHtml(data: Record<string, unknown>): string {
  const figure = data[PLOTLY_MIME]
  if (figure !== undefined) return figureHtml(figure as Parameters<typeof figureHtml>[0])
  if (data['text/html'] !== undefined) return textOf(data['text/html'])
  if (data['image/svg+xml'] !== undefined) return textOf(data['image/svg+xml'])
  for (const type of IMAGES) {
    if (data[type] !== undefined) return `<img alt="" src="data:${type};base64,${textOf(data[type]).trim()}">`
  }
  if (data['text/markdown'] !== undefined)
    return marked.parse(textOf(data['text/markdown']), { async: false })
  return pre(textOf(data['text/plain']), 'result')
}

function pre(text: string, kind: string): string {
  return `<pre class="${kind}">${ansiToHtml(text)}</pre>`
}
