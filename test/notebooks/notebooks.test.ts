import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasJupyter, jupyterFolder } from '../kernel/jupyter-env.js'

const notebooks = join(import.meta.dirname, '../../notebooks')
const PLOTLY = 'application/vnd.plotly.v1+json'

interface Executed {
  cells: { cell_type: string; outputs?: { output_type: string; data?: Record<string, unknown> }[] }[]
}

describe.skipIf(!hasJupyter)("notebooks executed by Jupyter's nbconvert with our kernel", () => {
  it.each(readdirSync(notebooks).filter((name) => name.endsWith('.ipynb')))(
    '%s: no cell fails, and tables and charts are there',
    { timeout: 600_000 },
    async (name) => {
      const jupyter = await jupyterFolder()
      const source = readFileSync(join(notebooks, name), 'utf8')
      expect(source).toContain('const problemCount = 20')
      const small = join(jupyter.folder, name)
      writeFileSync(small, source.replace('problemCount = 20', 'problemCount = 3'))
      const { status, output } = jupyter.python(
        ['-m', 'nbconvert', '--to', 'notebook', '--execute', '--output', 'executed', small],
        600_000,
      )
      expect(status, output).toBe(0)
      const { cells } = JSON.parse(readFileSync(join(jupyter.folder, 'executed.ipynb'), 'utf8')) as Executed
      const outputs = cells.flatMap((cell) => cell.outputs ?? [])
      expect(outputs.filter((one) => one.output_type === 'error')).toEqual([])
      expect(outputs.filter((one) => one.data?.[PLOTLY]).length).toBeGreaterThanOrEqual(4)
      expect(outputs.filter((one) => JSON.stringify(one.data?.['text/html'] ?? '').includes('<table')).length).toBeGreaterThanOrEqual(6)
    },
  )
})
