import { Marked } from 'marked'

/** A heading of the page. */
interface Heading {
  id: string
  depth: number
  /** HTML. */
  text: string
}

/** With fewer sections, a page needs no table of contents. */
const SECTIONS_FOR_CONTENTS = 4

/** Renders the markdown of a page; its headings get anchors, and together a table of contents. */
export class PageMarkdown {
  private readonly headings: Heading[] = []
  private readonly marked: Marked

  constructor() {
    const { headings } = this
    const freshId = (text: string): string => this.freshId(text)
    this.marked = new Marked({
      renderer: {
        heading({ tokens, depth }) {
          const text = this.parser.parseInline(tokens)
          const id = freshId(this.parser.parseInline(tokens, this.parser.textRenderer))
          headings.push({ id, depth, text })
          return `<h${depth} id="${id}">${text} <a class="anchor" href="#${id}" aria-label="Link">#</a></h${depth}>\n`
        },
      },
    })
  }

  html(source: string): string {
    return this.marked.parse(source, { async: false })
  }

  /** The sections of what was rendered so far; empty where they are few. */
  contents(): string {
    const sections = this.headings.filter(({ depth }) => depth === 2 || depth === 3)
    if (sections.length < SECTIONS_FOR_CONTENTS) return ''
    const items = sections.map(
      ({ id, depth, text }) => `<li class="depth-${depth}"><a href="#${id}">${withoutLinks(text)}</a></li>`,
    )
    return `<nav><details open><summary>Contents</summary><ul>\n${items.join('\n')}\n</ul></details></nav>`
  }

  private freshId(text: string): string {
    const words =
      text
        .toLowerCase()
        .replace(/&[^;]+;/g, '')
        .match(/[\p{L}\p{N}]+/gu) ?? []
    const id = words.join('-') || 'section'
    const taken = this.headings.filter((one) => one.id === id || one.id.startsWith(`${id}--`)).length
    return taken === 0 ? id : `${id}--${taken + 1}`
  }
}

function withoutLinks(html: string): string {
  return html.replace(/<\/?a\b[^>]*>/g, '')
}
