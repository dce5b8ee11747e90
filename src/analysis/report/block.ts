import { escapeHtml } from '../../text/escape-html.js'
import { figureHtml } from '../../text/plotly-html.js'
import type { Figure } from '../charts/figure.js'
import type { Tabular } from '../render/tabular.js'

/** A part of a report: something to read, in both forms. */
export interface Block {
  /** `''`: it can only be seen. */
  readonly text: string
  readonly html: string
}

/** Blocks under a heading. */
export interface Section {
  readonly title: string
  readonly blocks: readonly Block[]
}

export function paragraph(text: string): Block {
  return { text, html: `<p>${escapeHtml(text)}</p>` }
}

export function list(items: readonly string[]): Block {
  return {
    text: items.map((item) => `- ${item}`).join('\n'),
    html: `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`,
  }
}

/** Names and values. */
export function facts(rows: readonly (readonly [name: string, value: string])[]): Block {
  const width = Math.max(...rows.map(([name]) => name.length))
  return {
    text: rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n'),
    html: `<dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`,
  }
}

export function table(one: Tabular): Block {
  return { text: one.toText(), html: `<div class="table">${one.toHTML()}</div>` }
}

export function figure(one: Figure): Block {
  return { text: '', html: `<figure>${figureHtml(one)}</figure>` }
}

export function code(text: string): Block {
  return { text, html: `<pre>${escapeHtml(text)}</pre>` }
}

/** Blocks that are folded up until they are asked for; printed unfolded. */
export function folded(summary: string, blocks: readonly Block[]): Block {
  return {
    text: [summary, ...blocks.map(({ text }) => text)].filter((text) => text !== '').join('\n\n'),
    html: `<details><summary>${escapeHtml(summary)}</summary>${blocks.map(({ html }) => html).join('')}</details>`,
  }
}
