/**
 * How good is the embedded model, and does it use a context? Greedy, on the first 100 held-out problems, three ways:
 * - original: the generation prompt alone;
 * - context: the problem's reference context (what a faultless thinking would leave) visible from layer 0 on;
 * - own context: the same with the context of the model's own thinking.
 *
 * `npm run bench:model [-- --json] [-- --problems N] [-- --model PATH]`
 */
import { parseArgs } from 'node:util'
import { createSession, progressLine, referenceContexts, type Sweep, type SweepRecord } from '../src/index.js'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    problems: { type: 'string', default: '100' },
    model: { type: 'string' },
  },
})

const nir = await createSession({ model: values.model })
const problems = (await nir.problems('embedded')).slice(0, Number(values.problems))
const contexts = await referenceContexts()
const common = {
  problems,
  layers: ['original', 0] as const,
  onProgress: (progress: Parameters<typeof progressLine>[0]) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${progressLine(progress)}`)
  },
}
const reference = await nir.sweep({ ...common, context: (problem) => contexts.get(problem.task_id)! })
const own = await nir.sweep(common)
await nir.close()

const result = {
  problems: problems.length,
  original: rates(reference, 'original'),
  context: rates(reference, 'layer 0'),
  ownContext: rates(own, 'layer 0'),
}
console.log(`${nir.model.name}, ${problems.length} problems, greedy`)
for (const [name, sweep] of Object.entries({ 'Reference contexts': reference, 'Own contexts': own }))
  console.log(`\n${name}\n${sweep.table('outcomes').toText()}\n${sweep.compare('passed').toText()}`)
if (values.json) console.log(JSON.stringify(result))

function rates(sweep: Sweep, arm: string) {
  const records = sweep.records.filter((record) => record.arm === arm)
  const share = (holds: (record: SweepRecord) => boolean | null) =>
    records.filter((record) => holds(record) === true).length / records.length
  return {
    responds: share((record) => record.responds),
    parses: share((record) => record.parses),
    passes: share((record) => record.passed),
  }
}
