/**
 * node-llama-cpp's own decoding of one sequence, in a process of its own, driven a few steps at a time:
 * `node node-llama-cpp-side.js PATH THREADS FLASH_ATTENTION CELLS VOCABULARY`. Commands: `prefill N`, `decode K`, `clear`.
 */
import { getLlama, type Token } from 'node-llama-cpp'
import { answer, readLine } from './lines.js'
import { textOf } from './tokens.js'

const [path, threads, flashAttention, cells, vocabulary] = process.argv.slice(2)
const llama = await getLlama({ gpu: false, build: 'never', progressLogs: false })
const model = await llama.loadModel({ modelPath: path! })
const context = await model.createContext({
  contextSize: Number(cells),
  batchSize: 512,
  // By default it takes at least 4 threads: on two cores a step then takes seconds.
  threads: Number(threads),
  flashAttention: flashAttention === 'true',
})
const sequence = context.getSequence()
let generated: AsyncGenerator<Token, void> | undefined
let length = 0
answer({ milliseconds: [], cells: 0, tokens: [] })
for (let line = readLine(); line !== null; line = readLine()) {
  const [command, count] = line.split(' ')
  if (command === 'clear') {
    await generated?.return()
    await sequence.clearHistory()
    answer({ milliseconds: [], cells: 0, tokens: [] })
    continue
  }
  if (command === 'prefill') {
    const prompt = textOf('own', Number(count), Number(vocabulary))
    length = prompt.length - 1
    generated = sequence.evaluate(prompt as Token[], { temperature: 0 })
  }
  await decode(command === 'prefill' ? 1 : Number(count))
}
await llama.dispose()

async function decode(steps: number): Promise<void> {
  const milliseconds: number[] = []
  let token = -1
  for (let step = 0; step < steps; step++) {
    const started = performance.now()
    const next = await generated!.next()
    milliseconds.push(performance.now() - started)
    if (next.done) throw new Error('The generation ended.')
    token = next.value
  }
  length += steps
  answer({ milliseconds, cells: length, tokens: [token] })
}
