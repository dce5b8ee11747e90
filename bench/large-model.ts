/**
 * Does an 8-billion model (Q4_0, random weights) fit 24 GB, and how fast is it? Loads it, captures a context at all
 * layers, and sweeps the thesis' four arms. Prints tokens per second and peak memory.
 *
 * Peak memory is the kernel's own count for the process (`VmHWM`). Weights that llama.cpp maps from the file are in it,
 * although the kernel may drop them when memory is short: `anonymous` is what cannot be dropped, after the sweep.
 *
 * `npm run bench:large-model -- [--model 8B] [--think N] [--context N] [--prompt N] [--generate N] [--threads N] [--json]`
 */
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { Engine } from '../src/engine/index.js'
import { armsAt } from './lib/arms-at.js'
import { commonOptions, target, thesisDepths, whole } from './lib/target.js'
import { textOf } from './lib/tokens.js'

const LIMIT = 24e9

const { values } = parseArgs({
  options: {
    ...commonOptions,
    model: { type: 'string', default: '8B' },
    think: { type: 'string', default: '16' },
    context: { type: 'string', default: '64' },
    prompt: { type: 'string', default: '32' },
    generate: { type: 'string', default: '24' },
  },
})
const model = await target(values)
const count = (name: 'think' | 'context' | 'prompt' | 'generate') => whole(name, values[name], 0)
const prompt = textOf('own', count('prompt'), model.vocabularySize)

const started = performance.now()
const engine = await Engine.open({ ...model, gpu: false })
const load = performance.now() - started

const clock = performance.now()
const crv = await engine.capture(textOf('shared', count('context'), model.vocabularySize))
const capture = performance.now() - clock
const thinking = await engine.generate(prompt, { maxTokens: count('think') })
const arms = armsAt(crv, ['original', ...thesisDepths(model.layers)])
const before = performance.now()
const generations = await engine.generateArms(prompt, arms, { maxTokens: count('generate') })
const sweep = performance.now() - before
const anonymous = status('RssAnon')
await engine.close()

const steps = count('generate') - 1
const decode = Math.max(...generations.map(({ timings }) => timings.decodeMilliseconds))
const result = {
  model: model.name,
  threads: model.threads,
  loadSeconds: load / 1000,
  captureTokensPerSecond: rate(count('context'), capture),
  oneSequenceTokensPerSecond: rate(count('think') - 1, thinking.timings.decodeMilliseconds),
  fourArmsTokensPerSecond: rate(steps * arms.length, decode),
  fourArmsSeconds: sweep / 1000,
  peakGigabytes: peak() / 1e9,
  anonymousGigabytes: anonymous / 1e9,
  ratio: peak() / LIMIT,
}
const two = (value: number) => value.toPrecision(3)
console.log(`${model.name}, ${model.threads} thread(s): loads in ${two(result.loadSeconds)} s`)
console.log(`  capture of all ${model.layers} layers: ${two(result.captureTokensPerSecond)} tokens/s`)
console.log(`  one sequence: ${two(result.oneSequenceTokensPerSecond)} tokens/s`)
console.log(
  `  ${arms.length} arms together: ${two(result.fourArmsTokensPerSecond)} tokens/s (${arms.length} × ${steps} steps; ` +
    `${two(result.fourArmsSeconds)} s with context and prompts)`,
)
console.log(
  `peak memory ÷ 24 GB: ratio ${two(result.ratio)} (${two(result.peakGigabytes)} GB, anonymous ${two(result.anonymousGigabytes)} GB)`,
)
if (values.json) console.log(JSON.stringify(result))

function rate(tokens: number, milliseconds: number): number {
  return (1000 * tokens) / milliseconds
}

/** Largest resident set so far, in bytes. */
function peak(): number {
  return Math.max(1024 * process.resourceUsage().maxRSS, status('VmHWM'))
}

/** A line of the kernel's account of this process, in bytes; NaN where there is none. */
function status(name: string): number {
  if (!existsSync('/proc/self/status')) return NaN
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))
  return line ? 1024 * Number(line[1]) : NaN
}
