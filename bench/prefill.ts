/**
 * How much of a sweep is the prefill of the arms, and what could be saved by sharing it? Below its injection layer an
 * arm's prompt rows are the same as the original's. This measures the phases of a sweep of one problem (thinking,
 * capture, context pass, prompts of the arms, their decoding) and what share of the arms' prompt work is the same work
 * over again (the context pass is the capture's once more, too): an upper bound of what sharing could save, since attention and copies would remain.
 *
 * `npm run bench:prefill -- [--model embedded|1.1B] [--think N] [--context N] [--prompt N] [--generate N] [--pairs N]
 * [--threads N] [--flash-attention on|off] [--json]`
 */
import { parseArgs } from 'node:util'
import { median } from 'simple-statistics'
import { Engine } from '../src/engine/index.js'
import type { Depth } from '../src/nir/index.js'
import { armsAt } from './lib/arms-at.js'
import { commonOptions, target, thesisDepths, whole } from './lib/target.js'
import { textOf } from './lib/tokens.js'
import { timed } from './lib/compare.js'

const { values } = parseArgs({
  options: {
    ...commonOptions,
    think: { type: 'string', default: '64' },
    context: { type: 'string', default: '100' },
    prompt: { type: 'string', default: '150' },
    generate: { type: 'string', default: '32' },
  },
})
const model = await target(values)
const count = (name: 'think' | 'context' | 'prompt' | 'generate') => whole(name, values[name], 0)
const rounds = whole('pairs', values.pairs, model.large ? 1 : 5)
const prompt = textOf('own', count('prompt'), model.vocabularySize)
const text = textOf('shared', count('context'), model.vocabularySize)
const engine = await Engine.open({ ...model, gpu: false })

const all = Array.from({ length: model.layers }, (_, layer) => layer)
const results = []
for (const depths of [thesisDepths(model.layers), all]) results.push(await phasesOf(depths))
await engine.close()
if (values.json) console.log(JSON.stringify(results))

async function phasesOf(depths: readonly number[]) {
  const rows: Record<string, number>[] = []
  for (let round = 0; round < rounds; round++) {
    const thinking = await timed(() => engine.generate(prompt, { maxTokens: count('think') }))()
    const started = performance.now()
    const crv = await engine.capture(text)
    const capture = performance.now() - started
    const arms = armsAt(crv, ['original', ...depths] satisfies Depth[])
    // One arm with a prompt of one row: next to nothing but the context's own pass.
    const context = await timed(() => engine.generateArms([3], arms.slice(-1), { maxTokens: 1 }))()
    const firstTokens = await timed(() => engine.generateArms(prompt, arms, { maxTokens: 1 }))()
    const complete = await timed(() => engine.generateArms(prompt, arms, { maxTokens: count('generate') }))()
    rows.push({ thinking, capture, context, prompts: firstTokens - context, decode: complete - firstTokens })
  }
  const phases = Object.fromEntries(
    Object.keys(rows[0]!).map((phase) => [phase, median(rows.map((row) => row[phase]!))]),
  )
  const total = Object.values(phases).reduce((sum, time) => sum + time, 0)
  const same = depths.reduce((sum, depth) => sum + depth, 0) / ((depths.length + 1) * model.layers)
  const share = phases['prompts']! / total
  console.log(`${model.name}, ${depths.length} depths and the original (n = ${rounds}):`)
  for (const [phase, time] of Object.entries(phases))
    console.log(`  ${phase.padEnd(9)} ${(time / 1000).toFixed(2).padStart(8)} s  ${percent(time / total)}`)
  console.log(
    `  the arms' prompts: ${percent(share)} of the sweep; ${percent(same)} of that work is the original's`,
  )
  console.log(
    `  sharing it would save at most ${percent(share * same)} of the sweep: ratio ${(1 - share * same).toPrecision(3)}`,
  )
  return { model: model.name, depths: depths.length, milliseconds: phases, total, share, same }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
