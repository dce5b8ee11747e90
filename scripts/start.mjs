// `npm start`: runs the depth-sweep notebook through our kernel, prints its main table, says where the results are.
import { readFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, root, run } from './prepare.mjs'

prepare()
const notebook = join(root, 'notebooks', '01-depth-sweep.ipynb')
const out = join(root, 'runs', '01-depth-sweep.ipynb')
const html = join(root, 'runs', '01-depth-sweep.html')
mkdirSync(join(root, 'runs'), { recursive: true })
const nir = join(root, 'dist', 'src', 'cli', 'main.js')
run(process.execPath, [nir, 'run', notebook, '-o', out, '--html', html, ...process.argv.slice(2)])

const { cells } = JSON.parse(readFileSync(out, 'utf8'))
const main = cells.find((cell) => cell.metadata?.tags?.includes('main-table'))
for (const output of main?.outputs ?? []) {
  const text = output.data?.['text/plain']
  if (text) console.log(`\n${[text].flat().join('')}`)
}
console.log(`\nNotebook: ${out}\nHTML:     ${html}`)
console.log("Open it in Jupyter: 'npx nir kernel install', then 'jupyter lab notebooks/'.")
