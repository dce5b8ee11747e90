// Runs the cells of docs/first-hour.md through our kernel, and writes what they print under them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root, run } from './prepare.mjs'

const guide = join(root, 'docs', 'first-hour.md')
const folder = join(root, 'runs', 'first-hour')
const notebook = join(folder, 'first-hour.ipynb')
/** A cell, and the place for its output where the guide shows it. */
const BLOCK = /^```ts\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?/gms

const text = readFileSync(guide, 'utf8')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
writeFileSync(notebook, JSON.stringify(notebookOf([...text.matchAll(BLOCK)].map(([, code]) => code))))
// Its last cell fails, to show how.
const nir = join(root, 'dist', 'src', 'cli', 'main.js')
run('sh', ['-c', '"$0" "$@" || test $? -eq 1', process.execPath, nir, 'run', notebook, '--allow-errors'])

const { cells } = JSON.parse(readFileSync(notebook, 'utf8'))
let next = 0
const filled = text.replace(BLOCK, (block, code, shown) => {
  const { outputs } = cells[next++]
  return shown === undefined ? block : `\`\`\`ts\n${code}\`\`\`\n\n\`\`\`text\n${printed(outputs)}\n\`\`\`\n`
})
writeFileSync(guide, filled)

function notebookOf(sources) {
  return {
    cells: sources.map((source, i) => ({
      id: `cell-${i}`,
      cell_type: 'code',
      metadata: {},
      source: source.trimEnd(),
      outputs: [],
      execution_count: null,
    })),
    metadata: { kernelspec: { name: 'nir', display_name: 'TypeScript (NIR)', language: 'typescript' } },
    nbformat: 4,
    nbformat_minor: 5,
  }
}

/** What a cell printed, its value and its error; without its progress, whose times are another run's. */
function printed(outputs) {
  return outputs
    .map((output) => {
      if (output.output_type === 'stream') return [output.text].flat().join('').trimEnd()
      if (output.output_type === 'execute_result')
        return [output.data['text/plain']].flat().join('').trimEnd()
      return output.output_type === 'error' ? stripVTControlCharacters(output.traceback.join('\n')) : ''
    })
    .filter((part) => part !== '')
    .join('\n')
}
