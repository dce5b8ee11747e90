/**
 * How good is the embedded model, and does it use its context? Greedy, on the first 100 held-out problems: the
 * original arm, and the arm that sees the context of its own thinking from layer 0 on.
 *
 * `npm run bench:model [-- --json] [-- --problems N] [-- --model PATH]`
 */
import { parseArgs } from 'node:util'
import { createSession, progressLine, type SweepRecord } from '../src/index.js'

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
await nir.close()

const result = { problems: problems.length, original: rates('original'), context: rates('layer 0') }
console.log(`${nir.model.name}, ${problems.length} problems, greedy`)
console.log(sweep.table('response_rates').toText())
console.log(sweep.table('outcomes').toText())
console.log(sweep.compare('passed').toText())
if (values.json) console.log(JSON.stringify(result))

function rates(arm: string) {
  const records = sweep.records.filter((record) => record.arm === arm)
  const share = (holds: (record: SweepRecord) => boolean | null) =>
    records.filter((record) => holds(record) === true).length / records.length
  return {
    responds: share((record) => record.responds),
    parses: share((record) => record.parses),
    passes: share((record) => record.passed),
  }
}
