import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasJupyter, jupyterFolder } from '../kernel/jupyter-env.js'

const notebooks = join(import.meta.dirname, '../../notebooks')
const PLOTLY = 'application/vnd.plotly.v1+json'

interface Executed {
  cells: { cell_type: string; outputs?: { output_type: string; data?: Record<string, unknown> }[] }[]
}

const outputsOf = (notebook: string) =>
  (JSON.parse(notebook) as Executed).cells.flatMap((cell) => cell.outputs ?? [])

/** How many charts and tables a notebook shows. */
function shown(notebook: string) {
  const outputs = outputsOf(notebook)
  return {
    charts: outputs.filter((one) => one.data?.[PLOTLY]).length,
    tables: outputs.filter((one) => JSON.stringify(one.data?.['text/html'] ?? '').includes('<table')).length,
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

describe.skipIf(!hasJupyter)("notebooks executed by Jupyter's nbconvert with our kernel", () => {
  it.each(readdirSync(notebooks).filter((name) => name.endsWith('.ipynb')))(
    '%s: no cell fails, and all its tables and charts are there',
    { timeout: 600_000 },
    async (name) => {
      const jupyter = await jupyterFolder()
      const source = readFileSync(join(notebooks, name), 'utf8')
      const fewer = source.replace(/const problemCount = \d+/, 'const problemCount = 3')
      expect(fewer).not.toBe(source)
      const small = join(jupyter.folder, name)
      writeFileSync(small, fewer)
      const { status, output } = jupyter.python(
        ['-m', 'nbconvert', '--to', 'notebook', '--execute', '--output', 'executed', small],
        600_000,
      )
      expect(status, output).toBe(0)
      const executed = readFileSync(join(jupyter.folder, 'executed.ipynb'), 'utf8')
      expect(outputsOf(executed).filter((one) => one.output_type === 'error')).toEqual([])
      expect(shown(executed)).toEqual(SHOWN[name])
    },
  )
})
