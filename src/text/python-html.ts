import { createRequire } from 'node:module'
import type { HLJSApi, LanguageFn } from 'highlight.js'

/** A piece of a line of code, of one kind (a class of highlight.js; `''`: none). */
export interface Piece {
  readonly text: string
  readonly kind: string
}

/**
 * For what has the class `nir-python`: the colours of JupyterLab's editor, which follow its theme; elsewhere such as fit the
 * page's colour scheme.
 */
export const PYTHON_STYLE = `
.nir-python .hljs-keyword, .nir-python .hljs-literal { color: var(--jp-mirror-editor-keyword-color, light-dark(#008000, #7ec77e)); font-weight: bold }
.nir-python .hljs-string { color: var(--jp-mirror-editor-string-color, light-dark(#ba2121, #f08d80)) }
.nir-python .hljs-number { color: var(--jp-mirror-editor-number-color, light-dark(#080, #8fd18f)) }
.nir-python .hljs-comment { color: var(--jp-mirror-editor-comment-color, light-dark(#408080, #7fb3b3)); font-style: italic }
.nir-python .hljs-title, .nir-python .hljs-built_in { color: var(--jp-mirror-editor-def-color, light-dark(#00f, #8ab4ff)) }`

let loaded: HLJSApi | undefined

/** Python as HTML, highlighted and escaped. */
export function pythonHtml(code: string): string {
  loaded ??= load()
  return loaded.highlight(code, { language: 'python', ignoreIllegals: true }).value
}

/** The lines of Python as their highlighted pieces, not escaped. */
export function pythonLines(code: string): Piece[][] {
  const lines: Piece[][] = [[]]
  const open: string[] = []
  for (const [part, kind] of pythonHtml(code).matchAll(/<span class="([^"]*)">|<\/span>|[^<]+/g)) {
    if (kind !== undefined) open.push(kind)
    else if (part === '</span>') open.pop()
    else
      unescaped(part)
        .split('\n')
        .forEach((text, index) => {
          if (index > 0) lines.push([])
          if (text !== '') lines.at(-1)!.push({ text, kind: open.at(-1) ?? '' })
        })
  }
  return lines
}

const CHARACTERS: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&amp;': '&',
}

/** Undoes what highlight.js escapes. */
function unescaped(html: string): string {
  return html.replace(/&(?:lt|gt|quot|#x27|amp);/g, (entity) => CHARACTERS[entity]!)
}

/** Not at the kernel's start, which it would delay. */
function load(): HLJSApi {
  const require = createRequire(import.meta.url)
  const hljs = require('highlight.js/lib/core') as HLJSApi
  hljs.registerLanguage('python', require('highlight.js/lib/languages/python') as LanguageFn)
  return hljs
}
