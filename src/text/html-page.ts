import { escapeHtml } from './escape-html.js'
import { plotlyScript } from './plotly-html.js'

/** What stands on a page. */
interface PageParts {
  readonly title: string
  readonly style: string
  /** HTML of the page's one column. */
  readonly main: string
  /** A script element behind it. */
  readonly script: string
  /** Does the page need plotly.js? */
  readonly hasFigure: boolean
}

/** A page that needs no network and no other file; plotly.js is in it once, if there is a figure. */
export function htmlPage({ title, style, main, script, hasFigure }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
${hasFigure ? plotlyScript() : ''}
</head>
<body>
<main>
${main}
</main>
${script}
</body>
</html>
`
}
