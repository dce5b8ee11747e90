/**
 * How long does a program take in the sandbox, against a fresh bubblewrap and python3 for each? Both run the bundled
 * reference solutions against their tests, one at a time; ours also two at a time.
 *
 * `npm run bench:evaluation-sandbox [-- --json] [-- --programs N]`
 */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { bubblewrapCommand } from '../src/evaluation/execution/bubblewrap.js'
import { sandboxPythons } from '../src/evaluation/execution/pythons.js'
import { createEvaluator } from '../src/evaluation/index.js'
import { loadProblems } from '../src/problems/index.js'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, programs: { type: 'string', default: '100' } },
})

const problems = await loadProblems('embedded', { limit: Number(values.programs) })
const programs = problems.map(({ code, test_list, test_setup_code }) => ({
  code,
  tests: test_list,
  setup: test_setup_code,
}))

async function prefork(workers: number): Promise<number> {
  const evaluator = await createEvaluator({ sandbox: { workers } })
  if (!evaluator.capabilities.sandbox) throw new Error(evaluator.capabilities.reasons.join(' '))
  await evaluator.run(programs.slice(0, workers))
  const started = performance.now()
  const results = await evaluator.run(programs)
  const each = (performance.now() - started) / programs.length
  if (!results.every(({ passed }) => passed)) throw new Error('A reference solution did not pass.')
  await evaluator.close()
  return each
}

async function cold(): Promise<number> {
  const inOne = programs.map(({ code, tests, setup }) => [setup, code, ...tests].join('\n'))
  for (const python of await sandboxPythons()) {
    const run = (source: string) => {
      const [command, ...rest] = bubblewrapCommand(python, ['-I', '-B', '-c', source])
      return spawnSync(command!, rest).status
    }
    if (run('') !== 0) continue
    const started = performance.now()
    if (!inOne.every((source) => run(source) === 0)) throw new Error('A reference solution did not pass.')
    return (performance.now() - started) / programs.length
  }
  throw new Error('No Python starts in bubblewrap.')
}

const result = { cold: await cold(), one: await prefork(1), two: await prefork(2) }
const line = (name: string, ms: number) =>
  `${name}  ${ms.toFixed(1)} ms a program, ${(result.cold / ms).toFixed(1)} x`
console.log(`${programs.length} programs, each with its tests`)
console.log(line('fresh bubblewrap and python3, one at a time', result.cold))
console.log(line('prefork server, one worker                 ', result.one))
console.log(line('prefork server, two workers                ', result.two))
if (values.json) console.log(JSON.stringify(result))
