import { escapeHtml } from '../../text/escape-html.js'
import { htmlPage } from '../../text/html-page.js'
import { PYTHON_STYLE } from '../../text/python-html.js'
import type { Section } from './block.js'

/** For light and dark screens and for paper. Charts keep their white ground, which their colours are made for. */
const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: light-dark(#0072b2, #56b4e9); }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0; }
main { max-width: 66rem; margin: 2rem auto 4rem; padding: 0 1.25rem; }
h1 { font-size: 1.9rem; margin: 0 0 .25rem; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .95rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; }
dt { opacity: .65; } dd { margin: 0; overflow-wrap: anywhere; }
.warnings { background: #e8a33d22; border-left: 4px solid #e8a33d; padding: .6rem 1rem .6rem 2rem; border-radius: 4px; }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .3rem; white-space: nowrap; }
th, td { border: 1px solid var(--line); padding: .2rem .6rem; }
td { text-align: right; white-space: nowrap; } th { font-weight: 600; text-align: left; }
tfoot td { text-align: left; border: 0; white-space: normal; opacity: .7; font-size: 13px; }
figure { margin: 1rem 0; background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: .25rem; overflow: hidden; }
pre { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0;
  background: var(--soft); border-radius: 4px; padding: .6rem .8rem; }
details { margin: .6rem 0; } summary { cursor: pointer; }
.example { margin: 1.25rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: 6px; }
.asked { margin: 0 0 .5rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(19rem, 1fr)); gap: .75rem; }
.card { min-width: 0; border-top: 3px solid #d55e00; padding-top: .3rem; } .card.passed { border-color: #009e73; }
.card b, .card small { display: block; } .card small { opacity: .7; }
@media print {
  body { font-size: 11pt; } main { max-width: none; margin: 0; } nav { display: none; }
  figure, .card, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
}${PYTHON_STYLE}
`

/** Folded parts are unfolded to be printed. */
const PRINT = `<script>addEventListener('beforeprint', () => document.querySelectorAll('details').forEach((one) => (one.open = true)))</script>`

/** A page that needs nothing else: style, charts and plotly.js (once) are in it. */
export function reportPage(title: string, warnings: readonly string[], sections: readonly Section[]): string {
  const id = (index: number) => `section-${index + 1}`
  const links = sections.map(({ title: name }, index) => `<a href="#${id(index)}">${escapeHtml(name)}</a>`)
  const body = sections.map(
    ({ title: name, blocks }, index) =>
      `<section id="${id(index)}"><h2>${escapeHtml(name)}</h2>${blocks.map(({ html }) => html).join('\n')}</section>`,
  )
  const warned = warnings.map((warning) => `<li>${escapeHtml(warning)}</li>`)
  return htmlPage({
    title,
    style: STYLE,
    main: `<h1>${escapeHtml(title)}</h1>
<nav>${links.join('')}</nav>
${warned.length > 0 ? `<ul class="warnings">${warned.join('')}</ul>` : ''}
${body.join('\n')}`,
    script: PRINT,
    hasFigure: body.some((html) => html.includes('<figure>')),
  })
}
