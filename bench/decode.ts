/**
 * What do injections cost in a decode step? Our engine and plain llama.cpp, each in a process of its own, decode in turn;
 * both see the same number of cells of the KV cache. Times are those of the public API's whole step: scheduler, decode,
 * sampling with log-probability and entropy, callbacks. The plain side only takes the most probable token.
 *
 * - `stream`: one sequence without an injection ÷ plain, and ÷ node-llama-cpp's own decoding;
 * - `injection`: one sequence with an injection, at layer 1 and at the middle ÷ plain;
 * - `originals`: as many sequences as there are depths, without injections ÷ plain;
 * - `depths`: all depths and the original in one batch ÷ as many plain sequences that all see the context. At depth L a
 *   row sees the context in layers ≥ L only, half of them on average: `depthsStrict` lets only so many of the plain
 *   sequences see it that attention is the same work.
 *
 * `npm run bench:decode -- [--model embedded|1.1B] [--only stream,injection,…] [--pairs N] [--steps N] [--context N]
 * [--prompt N] [--threads N] [--flash-attention on|off] [--json]`
 */
import { parseArgs } from 'node:util'
import { report, summarize, type Comparison } from './lib/compare.js'
import { race, stepsOf, type RaceOptions } from './lib/race.js'
import { EngineSide, NodeLlamaCppSide, PlainSide, type Workload } from './lib/sides.js'
import { commonOptions, target, whole } from './lib/target.js'

const parts = ['stream', 'injection', 'originals', 'depths', 'depthsStrict']
const { values } = parseArgs({
  options: {
    ...commonOptions,
    only: { type: 'string', default: parts.join(',') },
    steps: { type: 'string' },
    context: { type: 'string', default: '200' },
    prompt: { type: 'string', default: '16' },
  },
})
const model = await target(values)
const context = whole('context', values.context, 0)
const prompt = whole('prompt', values.prompt, 0)
const wanted = values.only.split(',')
const unknown = wanted.find((part) => !parts.includes(part))
if (unknown) throw new Error(`--only has '${unknown}'; expected some of ${parts.join(', ')}.`)

const single: RaceOptions = {
  turns: whole('pairs', values.pairs, 20),
  steps: whole('steps', values.steps, model.large ? 4 : 24),
  pause: model.pause,
}
const batched: RaceOptions = {
  turns: whole('pairs', values.pairs, model.large ? 6 : 20),
  steps: whole('steps', values.steps, model.large ? 4 : 12),
  pause: model.pause,
}
const depths = Array.from({ length: model.layers }, (_, layer) => layer)
const arms = depths.length + 1
// All prompts in one decode, or the arms would not be in step.
if (arms * prompt > 512) throw new Error(`--prompt is ${prompt}; ${Math.floor(512 / arms)} is the most.`)

const cells = Math.max(
  4096,
  context + arms * (prompt + stepsOf(batched) + 2),
  context + prompt + stepsOf(single) + 2,
)
const ours = await EngineSide.open(model)
const plain = await PlainSide.open(model, 256 * Math.ceil(cells / 256))
const comparisons: Comparison[] = []

if (wanted.includes('stream')) {
  const peer = await NodeLlamaCppSide.open(
    model,
    256 * Math.ceil((context + prompt + stepsOf(single) + 2) / 256),
  )
  const workload = { context: 0, prompt: context + prompt, layers: [null] }
  const sides = [
    await ours.start(workload, stepsOf(single)),
    await plain.start(workload),
    await peer.start(workload.prompt),
  ]
  const [a, b, c] = await race(sides, { ...single, sameTokens: true })
  await ours.stop()
  await peer.close()
  add('one sequence, no injection ÷ plain', a!, b!)
  add("one sequence, no injection ÷ node-llama-cpp's own", a!, c!)
}
if (wanted.includes('injection'))
  for (const layer of [1, Math.floor(model.layers / 2)])
    await versusPlain(
      `one sequence, injection at layer ${layer} ÷ plain`,
      { context, prompt, layers: [layer] },
      1,
      single,
    )
if (wanted.includes('originals')) {
  const layers = Array.from({ length: arms }, () => null)
  await versusPlain(`${arms} sequences, no injection ÷ plain`, { context: 0, prompt, layers }, 0, batched)
}
const all: Workload = { context, prompt, layers: [...depths, null] }
if (wanted.includes('depths'))
  await versusPlain(`${depths.length} depths and the original ÷ ${arms} plain sequences`, all, arms, batched)
if (wanted.includes('depthsStrict')) {
  // Depth L sees the context in `layers` − L layers.
  const visible = depths.reduce((sum, depth) => sum + model.layers - depth, 0)
  const viewers = Math.round(visible / model.layers)
  const name = `${depths.length} depths and the original ÷ ${arms} plain sequences, ${viewers} of which see the context`
  await versusPlain(name, all, viewers, batched)
}
await ours.close()
await plain.close()

/** @param viewers - how many of the plain sequences see the context. */
async function versusPlain(
  name: string,
  workload: Workload,
  viewers: number,
  options: RaceOptions,
): Promise<void> {
  const layers = workload.layers.map((_, index) => (index < viewers ? 0 : null))
  const sides = [await ours.start(workload, stepsOf(options)), await plain.start({ ...workload, layers })]
  const [a, b] = await race(sides, options)
  await ours.stop()
  add(name, a!, b!)
}

function add(name: string, a: readonly number[], b: readonly number[]): void {
  const comparison = summarize(`${model.name}, ${name}`, a, b)
  comparisons.push(comparison)
  report([comparison], false)
}

if (values.json) console.log(JSON.stringify(comparisons))
