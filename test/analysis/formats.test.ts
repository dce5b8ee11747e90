import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lexer, type Tokens } from 'marked'
import { describe, expect, it } from 'vitest'
import {
  TABLE_IDS,
  Table,
  compareToOriginal,
  depthProfile,
  describeMetric,
  passAtKTable,
  publishedTable,
  thesisTable,
  type PublishedTableId,
  type Tabular,
} from '../../src/analysis/index.js'
import { parseCsv } from '../../src/problems/csv.js'
import { sweep } from './records.js'

const AWKWARD = [
  'a & b % $x_1$',
  '#{~^\\n}',
  '[1] *b* _c_ | d',
  '<b>"T"</b> `q`',
  "− – × → ✓ é 'x'",
  'two\nlines',
] as const

/** Markdown and LaTeX set a cell on one line. */
const onOneLine = (text: string) => text.replace(/\n/g, ' ')

const awkward = new Table({
  id: 'a_b c',
  caption: AWKWARD.join(' '),
  arms: AWKWARD,
  rows: AWKWARD.map((label, i) => ({
    name: label,
    label,
    values: AWKWARD.map((_, j) => (j === i ? null : i / 3)),
    counts: AWKWARD.map(() => 3),
  })),
  source: AWKWARD.join(' '),
})

const records = sweep({ samples: 2 })
const tables: [string, Tabular][] = [
  ...TABLE_IDS.map((id): [string, Tabular] => [id, thesisTable(records, id)]),
  ...TABLE_IDS.filter((id): id is PublishedTableId => id !== 'outcomes').map((id): [string, Tabular] => [
    `published ${id}`,
    publishedTable(id),
  ]),
  ['comparison', compareToOriginal(records, 'passed')],
  ['depth profile', depthProfile(records, ['passed', 'lines', 'effort'])],
  ['pass@k', passAtKTable(records, [1, 2])],
  ['descriptives', describeMetric(records, 'effort')],
  ['33 arms', thesisTable(sweep({ layers: [...Array(32).keys()], problems: 3 }), 'code_structure')],
  ['awkward text', awkward],
]

/** The cells of the aligned text: columns are at least two spaces apart. */
const shownCells = (table: Tabular) =>
  table
    .toText()
    .split('\n')
    .filter((line) => !line.startsWith('─'))
    .slice(1)

const unescapeHTML = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

const cellsOfHTML = (html: string) =>
  [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => unescapeHTML(cell!)),
  )

/** What a Markdown reader shows of inline tokens. */
const plain = (tokens: Tokens.Generic[]): string =>
  tokens.map((token) => (token.tokens ? plain(token.tokens) : unescapeHTML(String(token['text'])))).join('')

describe.each(tables)('the formats of a table: %s', (_name, table) => {
  const html = cellsOfHTML(table.toHTML())

  it('has the same cells in HTML and in Markdown, as a Markdown reader reads it', () => {
    const read = lexer(table.toMarkdown()).find((token): token is Tokens.Table => token.type === 'table')!
    const cells = [read.header, ...read.rows].map((row) => row.map((cell) => plain(cell.tokens)))
    expect(cells).toEqual(html.slice(0, cells.length).map((row) => row.map(onOneLine)))
    expect(read.align[0]).toBe('left')
    expect(new Set(read.align.slice(1))).toEqual(new Set(['right']))
    for (const token of read.rows.flat().flatMap((cell) => cell.tokens)) expect(token.type).not.toBe('html')
  })

  it('has as many lines and columns in LaTeX, every special character escaped', () => {
    const latex = table.toLaTeX()
    const body = latex.slice(latex.indexOf('\\toprule'), latex.indexOf('\\bottomrule'))
    const lines = body.split('\n').filter((line) => line.endsWith('\\\\'))
    expect(lines).toHaveLength(html.filter((row) => row.length > 1).length)
    for (const line of lines) expect(line.split(/(?<!\\)&/)).toHaveLength(html[0]!.length)
    expect(latex).toMatch(/\\midrule/)
    expect(
      latex
        .replace('{!}{%', '')
        .replace(/\\[%#&$_{}]|\$(-|\\\w+)\$/g, '')
        .match(/[%#$_]|(?<!\w)~/g),
    ).toBeNull()
    expect(latex.match(/\\label\{tab:[A-Za-z0-9:-]+\}/)).not.toBeNull()
  })

  it('has a CSV whose lines all have as many fields', () => {
    const lines = parseCsv(table.toCSV())
    expect(new Set(lines.map(({ fields }) => fields.length))).toEqual(new Set([lines[0]!.fields.length]))
    expect(lines.length).toBeGreaterThan(1)
    expect(shownCells(table).length).toBeGreaterThan(1)
  })
})

const hasLaTeX = spawnSync('kpsewhich', ['booktabs.sty', 'graphicx.sty']).status === 0

describe.skipIf(!hasLaTeX)('LaTeX, compiled', () => {
  it('compiles every table without an error', { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'nir-latex-'))
    const document = [
      '\\documentclass{article}',
      '\\usepackage{booktabs,graphicx}',
      '\\begin{document}',
      ...tables.map(([, table]) => `${table.toLaTeX()}\\clearpage`),
      '\\end{document}',
    ].join('\n')
    writeFileSync(join(folder, 'tables.tex'), document)
    const { status } = spawnSync('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', 'tables.tex'], {
      cwd: folder,
    })
    const log = readFileSync(join(folder, 'tables.log'), 'latin1')
    expect(log.match(/^! .*$|Missing character.*$|LaTeX Warning: Command.*$|^Overfull.*$/gm)).toBeNull()
    expect(status).toBe(0)
    rmSync(folder, { recursive: true })
  })
})

describe('LaTeX', () => {
  it('sets special characters as they stand', () => {
    expect(awkward.toLaTeX().split('\n')[2]).toBe(
      String.raw`  \caption{a \& b \% \$x\_1\$ \#\{\textasciitilde{}\textasciicircum{}\textbackslash{}n\} ` +
        String.raw`{[}1{]} {*}b{*} \_c\_ \textbar{} d ` +
        String.raw`\textless{}b\textgreater{}{\char34}T{\char34}\textless{}/b\textgreater{} ` +
        '`q` ' +
        String.raw`$-$ -- $\times$ $\to$ $\surd$ é \textquotesingle{}x\textquotesingle{} two lines}`,
    )
  })
})
