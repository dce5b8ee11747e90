import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { textOf, type Notebook } from '../../src/cli/notebook/notebook.js'
import type { Output } from '../../src/cli/notebook/outputs.js'
import { nir } from '../cli/notebooks.js'
import { hasJupyter, jupyterFolder } from '../kernel/jupyter-env.js'
import { fewestProblems } from './fewest-problems.js'

const notebooks = join(import.meta.dirname, '../../notebooks')
const PLOTLY = 'application/vnd.plotly.v1+json'
const LIMIT_MS = 600_000

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Notebook
const outputsOf = (notebook: Notebook) => notebook.cells.flatMap((cell) => cell.outputs ?? [])
const dataOf = (output: Output) => ('data' in output ? output.data : {})

/** How many charts and tables a notebook shows. */
function shown(notebook: Notebook) {
  const all = outputsOf(notebook).map(dataOf)
  return {
    charts: all.filter((data) => data[PLOTLY]).length,
    tables: all.filter((data) => textOf(data['text/html']).includes('<table')).length,
  }
}

/** What each notebook shows, whatever the number of problems. */
const SHOWN: Readonly<Record<string, ReturnType<typeof shown>>> = {
  '01-depth-sweep.ipynb': { charts: 5, tables: 9 },
  '02-thesis-tables.ipynb': { charts: 18, tables: 10 },
  '03-what-was-measured.ipynb': { charts: 4, tables: 8 },
  '04-beyond.ipynb': { charts: 6, tables: 5 },
  '05-hidden-states.ipynb': { charts: 11, tables: 2 },
}

/** Runs a notebook as nbclient does it, without a front end. */
const NBCLIENT = `
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=600, kernel_name="nir").execute()
nbformat.write(notebook, sys.argv[2])
`

/**
 * What two runs may not share: seconds, rates and what is left (time passes otherwise), ids of places on the page,
 * temporary folders, and the figures of a progress line, whose last state is drawn by time.
 */
const PASSING: readonly (readonly [RegExp, string])[] = [
  [/(\d+(\.\d+)? ?(ms|s|min|h)\b\s*)+/g, '<time>'],
  [/\d+(\.\d+)? (generations|tokens|problems|captures)\/s/g, '<rate>'],
  [/\bnir-[0-9a-f-]{36}\b/g, '<id>'],
  [/\/tmp\/[\w./-]+/g, '<folder>'],
]

const settled = (text: string): string =>
  PASSING.reduce((now, [pattern, name]) => now.replace(pattern, name), text)

/** What of an output has to be the same however the notebook was run. */
function comparable(output: Output): unknown {
  switch (output.output_type) {
    case 'stream':
      return [output.output_type, output.name, settled(textOf(output.text))]
    case 'error':
      return [output.output_type, output.ename]
    default:
      return [
        output.output_type,
        Object.keys(output.data).sort(),
        settled(textOf(output.data['text/plain'])),
      ]
  }
}

/** A progress line, which is only shown where work takes a while: on a busy machine one run has it and the other not. */
const isProgress = (output: Output): boolean =>
  output.output_type === 'display_data' && textOf(output.data['text/plain']).includes('█')

const comparables = ({ cells }: Notebook) =>
  cells
    .filter((cell) => cell.cell_type === 'code')
    .map((cell) => [textOf(cell.source), ...(cell.outputs ?? []).filter((one) => !isProgress(one)).map(comparable)])

describe.skipIf(!hasJupyter)("notebooks executed by Jupyter's nbclient and by nir run", () => {
  it.each(readdirSync(notebooks).filter((name) => name.endsWith('.ipynb')))(
    '%s: no cell fails, all its tables and charts are there, and both ways show the same',
    { timeout: LIMIT_MS },
    async (name) => {
      const jupyter = await jupyterFolder()
      const source = readFileSync(join(notebooks, name), 'utf8')
      const fewer = source.replace(/const problemCount = \d+/, `const problemCount = ${fewestProblems(name)}`)
      expect(fewer).not.toBe(source)
      const [small, byJupyter, byUs] = ['small', 'jupyter', 'nir'].map((one) => join(jupyter.folder, `${one}.ipynb`))
      writeFileSync(small!, fewer)
      const running = nir(['run', small!, '-o', byUs!]) // at the same time: each uses one core
      const { status, output } = jupyter.python(['-c', NBCLIENT, small!, byJupyter!], LIMIT_MS)
      const ran = await running
      expect(status, output).toBe(0)
      expect(ran.status, ran.stderr).toBe(0)
      for (const path of [byJupyter!, byUs!]) {
        expect(outputsOf(read(path)).filter((one) => one.output_type === 'error')).toEqual([])
        expect(shown(read(path))).toEqual(SHOWN[name])
      }
      expect(comparables(read(byUs!))).toEqual(comparables(read(byJupyter!)))
    },
  )
})
