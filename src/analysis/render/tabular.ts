import { jupyterDisplay, type TableBundle } from './display.js'
import type { Grid } from './grid.js'
import { gridToHTML } from './grid-to-html.js'
import { gridToLaTeX } from './grid-to-latex.js'
import { gridToMarkdown } from './grid-to-markdown.js'
import { gridToText } from './grid-to-text.js'
import { linesToCSV, type CSVValue } from './to-csv.js'

/** What every table can be turned into. A notebook displays it as HTML. */
export abstract class Tabular {
  /** The cells as shown. */
  protected abstract grid(): Grid

  /** The header and the lines of the CSV, with every digit. */
  protected abstract lines(): readonly (readonly CSVValue[])[]

  /** LaTeX starts the label with `tab:`; this is the rest. */
  protected abstract label(): string

  /** Aligned plain text, for a terminal. */
  toText(): string {
    return gridToText(this.grid())
  }

  /** An HTML `<table>`, escaped. */
  toHTML(): string {
    return gridToHTML(this.grid())
  }

  /** A Markdown table (GitHub's), escaped: the caption above it in bold, the note below. */
  toMarkdown(): string {
    return gridToMarkdown(this.grid())
  }

  /**
   * A LaTeX `table` with booktabs' rules, escaped; the preamble needs `\usepackage{booktabs}`,
   * and `graphicx` where a wide table is scaled to the line.
   */
  toLaTeX(): string {
    return gridToLaTeX(this.grid(), this.label())
  }

  /** RFC 4180 text with every digit; empty where undefined. */
  toCSV(): string {
    return linesToCSV(this.lines())
  }

  /** For a notebook. */
  [jupyterDisplay](): TableBundle {
    return { 'text/html': this.toHTML(), 'text/plain': this.toText() }
  }
}
