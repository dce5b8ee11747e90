import { writeFileSync } from 'node:fs'
import hljs from 'highlight.js/lib/core'
import typescript from 'highlight.js/lib/languages/typescript'
import { escapeHtml } from '../../text/escape-html.js'
import { htmlPage } from '../../text/html-page.js'
import { textOf, type Cell, type Notebook } from '../notebook/notebook.js'
import { FIT_TO_PAPER } from './fit-to-paper.js'
import { PageMarkdown } from './headings.js'
import { isFigure, outputHtml } from './outputs.js'
import { STYLE } from './style.js'

hljs.registerLanguage('typescript', typescript)

/** Writes a notebook as a page that needs no network and no other file. */
export function writeHtml(path: string, notebook: Notebook): void {
  writeFileSync(path, pageOf(notebook))
}

/** A notebook as an HTML page. */
export function pageOf(notebook: Notebook): string {
  const markdown = new PageMarkdown()
  const cells = notebook.cells.map((cell) => cellHtml(cell, markdown))
  return htmlPage({
    title: titleOf(notebook),
    style: STYLE,
    main: withContents(cells.join('\n'), markdown.contents()),
    script: FIT_TO_PAPER,
    hasFigure: notebook.cells.some((cell) => (cell.outputs ?? []).some(isFigure)),
  })
}

/** The table of contents stands below the title, where there is one. */
function withContents(body: string, contents: string): string {
  const [title = ''] = /^[\s\S]*?<\/h1>/.exec(body) ?? []
  return `${title}\n${contents}\n${body.slice(title.length)}`
}

function cellHtml(cell: Cell, markdown: PageMarkdown): string {
  const source = textOf(cell.source)
  if (cell.cell_type === 'markdown') {
    return `<section class="markdown">${markdown.html(source)}</section>`
  }
  if (cell.cell_type === 'raw') return `<section><pre>${escapeHtml(source)}</pre></section>`
  const code = hljs.highlight(source, { language: 'typescript' }).value
  const count = cell.execution_count ?? ' '
  const outputs = (cell.outputs ?? []).map(outputHtml).join('\n')
  return `<section class="code"><pre class="source" data-count="[${count}]"><code>${code}</code></pre>${outputs}</section>`
}

function titleOf(notebook: Notebook): string {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === 'markdown' ? /^#\s+(.+)$/m.exec(textOf(cell.source)) : null
    if (heading) return heading[1]!
  }
  return 'Notebook'
}
