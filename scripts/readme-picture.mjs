// Draws the README's picture from the notebook that `npm start` executed, with a headless Chromium.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, run } from './prepare.mjs'

const PLOTLY = 'application/vnd.plotly.v1+json'
const [width, height] = [900, 460]

const notebook = JSON.parse(readFileSync(join(root, 'runs', '01-depth-sweep.ipynb'), 'utf8'))
const cell = notebook.cells.find(({ metadata }) => metadata.tags?.includes('main-chart'))
const figure = cell.outputs.map(({ data }) => data?.[PLOTLY]).find(Boolean)
const plotly = createRequire(import.meta.url).resolve('plotly.js-dist-min')

const folder = mkdtempSync(join(tmpdir(), 'nir-picture-'))
const page = join(folder, 'page.html')
writeFileSync(
  page,
  `<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="figure"></div>
<script src="${pathToFileURL(plotly)}"></script>
<script>Plotly.newPlot('figure', ${JSON.stringify(figure.data)}, { ...${JSON.stringify(figure.layout)}, width: ${width}, height: ${height} }, { staticPlot: true })</script>`,
)
const picture = join(root, 'docs', 'images', 'depth-sweep.png')
const quiet = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
  '--no-sandbox',
]
run(process.env.CHROMIUM ?? 'chromium', [
  '--headless',
  ...quiet,
  `--user-data-dir=${join(folder, 'profile')}`,
  '--force-device-scale-factor=2',
  '--virtual-time-budget=10000',
  `--window-size=${width},${height}`,
  `--screenshot=${picture}`,
  pathToFileURL(page).href,
])
rmSync(folder, { recursive: true })
console.log(picture)
