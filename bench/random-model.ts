/**
 * Are the random models fit to measure with? Writes the one asked for if it is not there, opens it in the engine and in
 * node-llama-cpp, and generates greedily: logits must be finite, tokens varied, and both must choose the same ones.
 *
 * `npm run bench:random-model [-- --shape 1.1B|8B] [-- --tokens N]`
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Engine } from '../src/engine/index.js'
import { randomModel, shapes } from './lib/random-model.js'

const { values } = parseArgs({
  options: { shape: { type: 'string', default: '1.1B' }, tokens: { type: 'string', default: '16' } },
})
const shape = Object.keys(shapes).find((name) => name === values.shape) as keyof typeof shapes | undefined
if (!shape)
  throw new Error(`--shape is '${values.shape}'; expected one of ${Object.keys(shapes).join(', ')}.`)
const count = Number(values.tokens)

const path = randomModel(shape)
console.log(path)
const prompt = [1, ...Array.from({ length: 31 }, (_, index) => 1000 + ((index * 7919) % 20_000))]
const tokens = await ours()
const theirs = await peer()
const differs = tokens.findIndex((token, index) => token !== theirs[index])
console.log(
  differs === -1
    ? 'node-llama-cpp generates the same'
    : `node-llama-cpp differs from token ${differs} on: ${theirs.join(' ')}`,
)

async function ours(): Promise<readonly number[]> {
  const engine = await Engine.open({ path, gpu: false })
  const { tokens, logits, stopReason } = await engine.generate(prompt, { maxTokens: count, logits: true })
  await engine.close()
  if (!logits!.every(Number.isFinite)) throw new Error('A logit is not finite.')
  const deviation = Math.sqrt(logits!.reduce((sum, value) => sum + value * value, 0) / logits!.length)
  console.log(
    `${tokens.length} tokens (${stopReason}), ${new Set(tokens).size} different: ${tokens.join(' ')}`,
  )
  console.log(`logits are finite, standard deviation ${deviation.toFixed(2)}`)
  return tokens
}

async function peer(): Promise<number[]> {
  const { getLlama } = await import('node-llama-cpp')
  const llama = await getLlama({ gpu: false, build: 'never', progressLogs: false })
  const model = await llama.loadModel({ modelPath: path })
  // By default it takes at least 4 threads: on two cores a step then takes seconds.
  const context = await model.createContext({ contextSize: 512, threads: availableParallelism() })
  const generated: number[] = []
  for await (const token of context.getSequence().evaluate([...prompt] as never, { temperature: 0 })) {
    generated.push(token)
    if (generated.length === count) break
  }
  await llama.dispose()
  return generated
}
