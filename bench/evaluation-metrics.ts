/**
 * How long do the metrics of a function take in steady state, against radon in Python? Both get the same 2,000 functions
 * of Python's standard library, no two alike, in processes that are already warm, in turn. Ours compute more: the
 * extraction of the code, the syntax tree's metrics, cognitive complexity. radon computes all that it has: complexity,
 * Halstead, raw counts, maintainability index. The floor is CPython's `ast.parse` alone in one process.
 *
 * `npm run bench:evaluation-metrics [-- --json] [--pairs 10]`; RADON_PYTHON names a Python that has radon.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createEvaluator } from '../src/evaluation/index.js'
import { compare, report, timed, type Side } from './lib/compare.js'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, pairs: { type: 'string', default: '10' } },
})

const COUNT = 2000

/** Prints the functions as a line of JSON; then, for each line that it reads, does a task over all and prints the ms. */
const PEER = `
import ast, json, pathlib, sys, time, warnings
warnings.simplefilter('ignore')
from radon.complexity import cc_visit
from radon.metrics import h_visit, mi_visit
from radon.raw import analyze
sources = {}
for path in sorted(pathlib.Path(ast.__file__).parent.rglob('*.py')):
    if {'test', 'tests', 'site-packages', 'lib2to3'} & set(path.parts):
        continue
    text = path.read_text('utf-8')
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            sources[ast.get_source_segment(text, node)] = None
sources = list(sources)[:${COUNT}]
def radon(source):
    cc_visit(source), h_visit(source), mi_visit(source, True), analyze(source)
print(json.dumps(sources), flush=True)
for line in sys.stdin:
    task = radon if line.strip() == 'radon' else ast.parse
    started = time.perf_counter()
    for source in sources:
        task(source)
    print((time.perf_counter() - started) * 1000, flush=True)
`

const python = process.env['RADON_PYTHON'] ?? 'python3'
if (spawnSync(python, ['-c', 'import radon']).status !== 0) {
  console.log(
    `not measured: ${python} has no radon (pip install radon==5.1; RADON_PYTHON names another Python)`,
  )
  process.exit(1)
}
const peer = spawn(python, ['-c', PEER], { stdio: ['pipe', 'pipe', 'inherit'] })
const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]()
const sources = JSON.parse((await lines.next()).value as string) as string[]
const ask = (task: string) => async () => {
  peer.stdin.write(`${task}\n`)
  return Number((await lines.next()).value)
}

const evaluator = await createEvaluator({ definitions: 'standard', sandbox: false })
const items = sources.map((text) => ({ text }))
/** The pass that counts comes after two seconds of passes: by then caches, heap and compiled code have come back. */
const steady = (side: Side) => async () => {
  const until = performance.now() + 2000
  while (performance.now() < until) await side()
  return side()
}
const ours = steady(timed(() => evaluator.measure(items)))
const pairs = Number(values.pairs)
const results = [
  await compare({ name: 'NIR Lab ÷ radon', a: ours, b: steady(ask('radon')), pairs }),
  await compare({ name: 'NIR Lab ÷ ast.parse alone', a: ours, b: steady(ask('parse')), pairs }),
]
await evaluator.close()
peer.stdin.end()

const { a, b } = results[0]!
const characters = sources.reduce((sum, source) => sum + source.length, 0) / sources.length
console.log(`${sources.length} functions, ${characters.toFixed(0)} characters on average`)
console.log(
  `a function: NIR Lab ${(a / sources.length).toFixed(3)} ms, radon ${(b / sources.length).toFixed(3)} ms: ${(b / a).toFixed(1)} times faster`,
)
report(results, values.json)
