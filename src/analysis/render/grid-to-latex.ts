import type { Grid } from './grid.js'

/** Characters that fit on a line of LaTeX's own article class at 10 points; wider tables are scaled down. */
const CHARACTERS_ACROSS = 66

/**
 * A LaTeX `table` with booktabs' rules (https://ctan.org/pkg/booktabs), first column to the left, figures to the
 * right, the note below in smaller type.
 *
 * @param label what follows `tab:` in the label
 */
export function gridToLaTeX(grid: Grid, label: string): string {
  const widths = grid.header.map((_, column) =>
    Math.max(...[grid.header, ...grid.rows].map((cells) => cells[column]?.length ?? 0)),
  )
  const wide = widths.reduce((sum, width) => sum + width + 2, -2) > CHARACTERS_ACROSS
  const line = (cells: readonly string[]) => `    ${cells.map(escapeLaTeX).join(' & ')} \\\\`
  return [
    '\\begin{table}[htbp]',
    '  \\centering',
    `  \\caption{${escapeLaTeX(grid.caption)}}`,
    `  \\label{tab:${label.replace(/[^A-Za-z0-9:-]+/g, '-')}}`,
    ...(wide ? ['  \\resizebox{\\linewidth}{!}{%'] : []),
    `  \\begin{tabular}{l${'r'.repeat(grid.header.length - 1)}}`,
    '    \\toprule',
    line(grid.header),
    '    \\midrule',
    ...grid.rows.map(line),
    '    \\bottomrule',
    `  \\end{tabular}${wide ? '}' : ''}`,
    ...(grid.note
      ? [
          `  \\par\\smallskip\\begin{minipage}{\\linewidth}\\footnotesize ${escapeLaTeX(grid.note)}\\end{minipage}`,
        ]
      : []),
    '\\end{table}',
    '',
  ].join('\n')
}

const SYMBOLS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '{\\char34}',
  "'": '\\textquotesingle{}',
  // Brackets are grouped: after the end of a line a bare one would be read as its optional argument.
  '[': '{[}',
  ']': '{]}',
  '*': '{*}',
  '−': '$-$',
  '–': '--',
  '—': '---',
  '×': '$\\times$',
  '±': '$\\pm$',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '→': '$\\to$',
  '…': '\\ldots{}',
  '✓': '$\\surd$',
  '’': "'",
  '‘': '`',
  '“': '``',
  '”': "''",
}

/**
 * Text that LaTeX sets as it stands, on one line. Letters outside ASCII are left to the document's encoding (UTF-8
 * since 2018).
 */
function escapeLaTeX(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/[\\{}&%$#_~^<>|"'[\]*−–—×±≤≥→…✓’‘“”]/g, (character) => SYMBOLS[character]!)
}
