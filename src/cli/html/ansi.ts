import { stripVTControlCharacters } from 'node:util'
import { escapeHtml } from '../../text/escape-html.js'

/** SGR: the only escape sequences that say how text looks. */
// eslint-disable-next-line no-control-regex
const SGR = /\u001b\[([\d;]*)m/g
const STYLES: Readonly<Record<number, string>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'underline' }
/** What each code that ends something takes away. */
const ENDS: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
}
const COLOUR = /^[fb]g-/

/** A terminal's text as HTML, with its eight colours, bold, dim, italic and underline; other sequences go. */
export function ansiToHtml(text: string): string {
  let classes: string[] = []
  let html = ''
  let at = 0
  const add = (part: string): void => {
    const content = escapeHtml(stripVTControlCharacters(part))
    if (content === '') return
    html += classes.length === 0 ? content : `<span class="${classes.join(' ')}">${content}</span>`
  }
  for (const match of text.matchAll(SGR)) {
    add(text.slice(at, match.index))
    at = match.index + match[0].length
    classes = applied(classes, match[1]!.split(';').map(Number))
  }
  add(text.slice(at))
  return html
}

function applied(classes: readonly string[], codes: readonly number[]): string[] {
  let now = [...classes]
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!
    if (code === 0) now = []
    else if (ENDS[code]) now = now.filter((name) => !ENDS[code]!.includes(name))
    else if (STYLES[code]) now = [...new Set([...now, STYLES[code]])]
    else if (code === 38 || code === 48)
      at += codes[at + 1] === 5 ? 2 : 4 // of 256 or more colours: left out
    else now = coloured(now, code)
  }
  return now
}

/** Codes 30–37 and 90–97 colour the text, 40–47 and 100–107 what is behind it; 39 and 49 take that back. */
function coloured(classes: readonly string[], code: number): string[] {
  const bright = code >= 90
  const base = bright ? code - 60 : code
  const kind = base < 40 ? 'fg' : 'bg'
  const colour = base % 10
  if (base < 30 || base > 49 || (colour > 7 && colour !== 9)) return [...classes]
  const others = classes.filter((name) => !(COLOUR.test(name) && name.startsWith(kind)))
  return colour === 9 ? others : [...others, `${kind}-${colour}`]
}
