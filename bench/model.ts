/**
 * How good is the embedded model, and does it use a context? Greedy, on the first 100 held-out problems, three ways:
 * - original: the generation prompt alone;
 * - context: the problem's reference context (what a faultless thinking would leave) visible from layer 0 on;
 * - own context: the same with the context of the model's own thinking.
 *
 * `npm run bench:model [-- --json] [-- --problems N] [-- --model PATH]`
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createEvaluator, createSession, progressLine } from '../src/index.js'
import { packageRoot } from '../src/package-root.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    problems: { type: 'string', default: '100' },
    model: { type: 'string' },
  },
})

const nir = await createSession({ model: values.model })
const problems = (await nir.problems('embedded')).slice(0, Number(values.problems))
const sweep = await nir.sweep({
  problems,
  layers: ['original', 0],
  onProgress: (progress) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${progressLine(progress)}`)
  },
})
const byArm = (arm: string) => sweep.records.filter((record) => record.arm === arm)
const result = {
  problems: problems.length,
  original: rates(byArm('original')),
  context: rates(await withReferenceContexts()),
  ownContext: rates(byArm('layer 0')),
}
await nir.close()

console.log(
  `${nir.model.name}, ${problems.length} problems, greedy. Context: the reference; own context: the model's thinking.`,
)
console.table(result)
console.log(sweep.compare('passed').toText())
if (values.json) console.log(JSON.stringify(result))

interface Rated {
  readonly responds: boolean
  readonly parses: boolean | null
  readonly passed: boolean | null
}

async function withReferenceContexts(): Promise<Rated[]> {
  const path = join(packageRoot(), 'data', 'problems', 'embedded-contexts.jsonl')
  const rows = readFileSync(path, 'utf8').trim().split('\n')
  const contexts = new Map(
    rows.map((row) => {
      const { task_id: id, context } = JSON.parse(row) as { task_id: number; context: string }
      return [id, context]
    }),
  )
  const evaluator = await createEvaluator()
  const rated: Rated[] = []
  for (const problem of problems) {
    const crv = await nir.capture(contexts.get(problem.task_id)!, { layers: [0] })
    const { text } = await nir.generate(nir.prompt(problem), {
      injections: [{ crv, layer: 0 }],
      stop: ['```'],
    })
    const [measured] = await evaluator.measure([{ text, tests: problem.test_list }])
    const [run] = await evaluator.run([{ code: measured!.code, tests: problem.test_list }])
    rated.push({ responds: measured!.functions !== null, parses: measured!.parses, passed: run!.passed })
  }
  await evaluator.close()
  return rated
}

function rates(rated: readonly Rated[]) {
  const share = (holds: (one: Rated) => boolean | null) =>
    rated.filter((one) => holds(one) === true).length / rated.length
  return {
    responds: share((one) => one.responds),
    parses: share((one) => one.parses),
    passes: share((one) => one.passed),
  }
}
