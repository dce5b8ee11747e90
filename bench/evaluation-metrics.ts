/**
 * How long do the standard metrics of a text take, against radon in Python? Both get the bundled reference solutions
 * in one process that is already started; ours includes the extraction of the code and the way to the parser.
 *
 * `npm run bench:evaluation-metrics [-- --json]`; RADON_PYTHON names a Python that has radon.
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { createEvaluator } from '../src/evaluation/index.js'
import { loadProblems } from '../src/problems/index.js'

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })

const RADON = `
import json, sys, time
from radon.complexity import cc_visit
from radon.metrics import h_visit, mi_visit
from radon.raw import analyze
sources = json.load(sys.stdin)
started = time.perf_counter()
for source in sources:
    cc_visit(source), h_visit(source), mi_visit(source, True), analyze(source)
print((time.perf_counter() - started) * 1000 / len(sources))
`

const sources = (await loadProblems('embedded')).map(({ code }) => code)
const evaluator = await createEvaluator({ definitions: 'standard', sandbox: false })
const items = sources.map((text) => ({ text }))
await evaluator.measure(items)
const started = performance.now()
await evaluator.measure(items)
const ours = (performance.now() - started) / sources.length
await evaluator.close()

const python = process.env['RADON_PYTHON'] ?? 'python3'
const radon = spawnSync(python, ['-c', RADON], { input: JSON.stringify(sources), encoding: 'utf8' })
const peer = radon.status === 0 ? Number(radon.stdout) : null

console.log(`${sources.length} reference solutions`)
console.log(`NIR Lab  ${ours.toFixed(2)} ms a text`)
console.log(
  peer === null
    ? `radon    not measured: ${python} has no radon (pip install radon==5.1)`
    : `radon    ${peer.toFixed(2)} ms a text, ${(peer / ours).toFixed(1)} x`,
)
if (values.json) console.log(JSON.stringify({ ours, radon: peer }))
