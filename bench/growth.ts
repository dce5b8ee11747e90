/**
 * How does cost grow with the number of arms, with the length of the context, and with the number of problems in flight?
 * Every size is measured in each round, in turn; medians of the rounds. No peer: each line is held against the first of
 * its table.
 *
 * - `arms`: decode steps of 1, 2, 4, … arms, evenly spread over the depths;
 * - `context`: decode steps of four arms (the thesis' depths and the original), contexts of 64 … 1024 tokens;
 * - `problems`: whole sweeps (thinking, capture, four arms) of four problems, 1, 2 or 4 of them at once.
 *
 * `npm run bench:growth -- [--model embedded|1.1B] [--only arms,context,problems] [--pairs N] [--steps N] [--threads N]
 * [--flash-attention on|off] [--json]`
 */
import { parseArgs } from 'node:util'
import { median } from 'simple-statistics'
import { Engine } from '../src/engine/index.js'
import { armsAt } from './lib/arms-at.js'
import { timed } from './lib/compare.js'
import { commonOptions, target, thesisDepths, whole } from './lib/target.js'
import { textOf } from './lib/tokens.js'

/** One size of a table: what is measured in one round. */
interface Size {
  readonly size: number
  /** Milliseconds of a decode step (or of all problems), and new tokens that it makes. */
  measure(): Promise<{ milliseconds: number; tokens: number }>
}

const tables = ['arms', 'context', 'problems']
const { values } = parseArgs({
  options: {
    ...commonOptions,
    only: { type: 'string', default: tables.join(',') },
    steps: { type: 'string' },
  },
})
const wanted = values.only.split(',')
const unknown = wanted.find((table) => !tables.includes(table))
if (unknown) throw new Error(`--only has '${unknown}'; expected some of ${tables.join(', ')}.`)
const model = await target(values)
const rounds = whole('pairs', values.pairs, model.large ? 2 : 10)
const steps = whole('steps', values.steps, model.large ? 8 : 48)
const prompt = textOf('own', 16, model.vocabularySize)
const engine = await Engine.open({ ...model, gpu: false })
const results: Record<string, unknown> = {}
await stepOf(64, [1]) // warm-up

if (wanted.includes('arms'))
  await table(
    'arms',
    'step',
    [1, 2, 4, 8, 16, model.layers + 1]
      .filter((count, index, all) => all.indexOf(count) === index)
      .filter((count) => count <= model.layers + 1)
      .map((size) => ({ size, measure: () => stepOf(128, spread(size)) })),
  )
if (wanted.includes('context'))
  await table(
    'context',
    'step',
    [64, 128, 256, 512, 1024].map((size) => ({
      size,
      measure: () => stepOf(size, [null, ...thesisDepths(model.layers)]),
    })),
  )
if (wanted.includes('problems'))
  await table(
    'problems',
    '4 problems',
    [1, 2, 4].map((size) => ({ size, measure: () => problems(size) })),
  )
await engine.close()
if (values.json) console.log(JSON.stringify({ model: model.name, rounds, steps, ...results }))

/** Measures every size in turn, and prints a line each. */
async function table(name: string, unit: string, sizes: readonly Size[]): Promise<void> {
  const runs = sizes.map(() => [] as { milliseconds: number; tokens: number }[])
  for (let round = 0; round < rounds; round++)
    for (const [index, { measure }] of sizes.entries()) runs[index]!.push(await measure())
  const rows = sizes.map(({ size }, index) => {
    const milliseconds = median(runs[index]!.map((run) => run.milliseconds))
    return { size, milliseconds, perToken: milliseconds / runs[index]![0]!.tokens }
  })
  results[name] = rows
  console.log(`${model.name}, ${name} (n = ${rounds}):`)
  for (const { size, milliseconds, perToken } of rows)
    console.log(
      `  ${String(size).padStart(5)}  ${milliseconds.toPrecision(3)} ms a ${name === 'problems' ? 'run of ' : ''}${unit}, ` +
        `${perToken.toPrecision(3)} ms a token: ratio ${(milliseconds / rows[0]!.milliseconds).toPrecision(3)}`,
    )
}

/** A decode step of some arms: the median of the times between their last arm's tokens. */
async function stepOf(context: number, layers: readonly (number | null)[]) {
  const crv = await engine.capture(textOf('shared', context, model.vocabularySize))
  const arms = armsAt(
    crv,
    layers.map((layer) => layer ?? 'original'),
  )
  const counts = new Map(arms.map(({ name }) => [name, 0]))
  const clocks: number[] = []
  await engine.generateArms(prompt, arms, {
    maxTokens: steps + 1,
    onToken: ({ arm }) => {
      const count = counts.get(arm)! + 1
      counts.set(arm, count)
      if (arm === arms.at(-1)!.name) clocks.push(performance.now())
    },
  })
  if ([...counts.values()].some((count) => count !== steps + 1)) throw new Error('An arm ended early.')
  return {
    milliseconds: median(clocks.slice(1).map((clock, index) => clock - clocks[index]!)),
    tokens: arms.length,
  }
}

/** `count` arms: the original, and depths that lie evenly. */
function spread(count: number): (number | null)[] {
  if (count === 1) return [1]
  const depths = count - 1
  return [null, ...Array.from({ length: depths }, (_, index) => Math.floor((index * model.layers) / depths))]
}

/** Four problems, each with texts of its own, `width` of them at once. */
async function problems(width: number) {
  const depths = ['original' as const, ...thesisDepths(model.layers)]
  const sweepOne = async (problem: number) => {
    const own = textOf('own', 64 + problem, model.vocabularySize)
    await engine.generate(own, { maxTokens: 2 * steps })
    const crv = await engine.capture(textOf('shared', 100 + problem, model.vocabularySize))
    await engine.generateArms(own, armsAt(crv, depths), { maxTokens: steps })
  }
  const waiting = [0, 1, 2, 3]
  const worker = async () => {
    for (let problem = waiting.shift(); problem !== undefined; problem = waiting.shift())
      await sweepOne(problem)
  }
  const milliseconds = await timed(() => Promise.all(Array.from({ length: width }, worker)))()
  return { milliseconds, tokens: 4 * (2 * steps + depths.length * steps) }
}
