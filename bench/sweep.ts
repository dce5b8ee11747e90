/**
 * How long does a sweep of one problem take, against the thesis' way of doing it? Ours: thinking once, capture once, then
 * all arms together. The thesis' way, in plain PyTorch with a KV cache (`bench/peers/nir_torch.py`, same weights, same
 * threads, same token counts): for every depth a thinking, a capture and a generation of its own. Two sets of arms: all
 * depths, and the thesis' three; both with the original.
 *
 * The peer's arms are independent and cost the same but for the injection layer, so some are run (`--peer-arms`) and the
 * mean depth is multiplied by the depths: the output says so. Ours is run in full. Nothing ends early: both sides make
 * exactly the tokens asked for. The peer is told to use float32, which holds Q8_0 weights exactly, and bfloat16, which is
 * faster where the CPU can.
 *
 * `npm run bench:sweep -- --python VENV/bin/python [--model 1.1B] [--full] [--think N] [--context N] [--prompt N]
 * [--generate N] [--peer-arms original,1,11] [--dtypes float32,bfloat16] [--pairs N] [--threads N] [--json]`
 *
 * `--full`: the thesis' 1,000 tokens of thinking and 250 of generation; about 20 minutes on two cores. VENV: see bench/peers/requirements.txt.
 */
import { parseArgs } from 'node:util'
import { Engine } from '../src/engine/index.js'
import { armsAt } from './lib/arms-at.js'
import { report, summarize, type Comparison } from './lib/compare.js'
import { thesisWay, type PeerSweep } from './lib/nir-torch.js'
import { commonOptions, target, thesisDepths, whole } from './lib/target.js'
import { textOf } from './lib/tokens.js'

const { values } = parseArgs({
  options: {
    ...commonOptions,
    python: { type: 'string', default: 'python3' },
    full: { type: 'boolean', default: false },
    think: { type: 'string' },
    context: { type: 'string' },
    prompt: { type: 'string' },
    generate: { type: 'string' },
    'peer-arms': { type: 'string' },
    dtypes: { type: 'string', default: 'float32,bfloat16' },
  },
})
const model = await target(values)
const tokens = {
  think: whole('think', values.think, values.full ? 1000 : 64),
  context: whole('context', values.context, values.full ? 200 : 100),
  prompt: whole('prompt', values.prompt, values.full ? 200 : 150),
  generate: whole('generate', values.generate, values.full ? 250 : 32),
}
const pairs = whole('pairs', values.pairs, 1)
const peerArms = values['peer-arms'] ?? `original,1,${Math.floor(model.layers / 2)}`
const dtypes = values.dtypes.split(',')
const sets = [thesisDepths(model.layers), Array.from({ length: model.layers }, (_, layer) => layer)]
const counts = `think ${tokens.think}, context ${tokens.context}, prompt ${tokens.prompt}, generate ${tokens.generate}`
console.log(`${model.name}, ${model.threads} thread(s); tokens: ${counts}`)

const ours: number[][] = sets.map(() => [])
const peers = new Map<string, PeerSweep[]>(dtypes.map((dtype) => [dtype, []]))
for (let pair = 0; pair < pairs; pair++) {
  const engine = await Engine.open({ ...model, gpu: false })
  await sweep(engine, [1], { think: 2, context: 8, prompt: 8, generate: 2 }) // warm-up
  for (const [set, depths] of sets.entries()) ours[set]!.push(await sweep(engine, depths, tokens))
  await engine.close() // its memory is the peer's now
  for (const dtype of dtypes) {
    const { path, threads } = model
    peers
      .get(dtype)!
      .push(await thesisWay({ python: values.python, path, threads, dtype, arms: peerArms, ...tokens }))
  }
}

const comparisons: Comparison[] = []
for (const [set, depths] of sets.entries())
  for (const [dtype, runs] of peers) {
    const name = `${model.name}, sweep of ${depths.length} depths and the original ÷ the thesis' way in PyTorch ${dtype}`
    const times = runs.map(({ original, depth }) => original + depth * depths.length)
    const comparison = summarize(name, ours[set]!, times)
    comparisons.push(comparison)
    report([comparison], false)
    const { a, b, n } = comparison
    const measured = peerArms.split(',').length
    console.log(
      `  ${(b / a).toFixed(1)} times as fast; the peer's time is ${measured} measured arms (${peerArms}), ` +
        `its mean depth × ${depths.length}, plus its original${n > 1 ? '' : '; one run, no spread'}`,
    )
  }
if (values.json) console.log(JSON.stringify({ tokens, comparisons, peers: Object.fromEntries(peers) }))

/** Milliseconds of one problem: thinking, capture, all arms. */
async function sweep(engine: Engine, depths: readonly number[], size: typeof tokens): Promise<number> {
  const prompt = textOf('own', size.prompt, model.vocabularySize)
  const started = performance.now()
  const thinking = await engine.generate(prompt, { maxTokens: size.think })
  // The context is a part of what was thought, in the thesis; its length is given here.
  const crv = await engine.capture(textOf('shared', size.context, model.vocabularySize))
  const arms = armsAt(crv, ['original', ...depths])
  const generations = await engine.generateArms(prompt, arms, { maxTokens: size.generate })
  const milliseconds = performance.now() - started
  for (const { tokens: made, arm } of [thinking, ...generations])
    if (made.length !== (arm === '' ? size.think : size.generate))
      throw new Error(`'${arm}' ended after ${made.length} tokens.`)
  return milliseconds
}
