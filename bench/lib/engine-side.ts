/**
 * Our engine in a process of its own, driven a few steps at a time: `node engine-side.js PATH THREADS FLASH_ATTENTION`. Commands, a
 * line each, answered by a line of JSON:
 *   start {"context":C,"prompt":P,"layers":[null,1,…],"steps":N}   an arm a layer, null without an injection
 *   decode K     K further steps of all arms
 *   stop
 *   capture N    all layers of a text of N tokens
 *
 * Between commands it waits inside of `onToken`, so that what is measured is the public API's whole step: scheduler,
 * decode, sampling and callbacks.
 */
import { Engine, type Arm } from '../../src/engine/index.js'
import { answer, readLine } from './lines.js'
import { textOf } from './tokens.js'

interface Start {
  readonly context: number
  readonly prompt: number
  readonly layers: readonly (number | null)[]
  readonly steps: number
}

class Stop extends Error {}

const [path, threads, flashAttention] = process.argv.slice(2)
const engine = await Engine.open({
  path: path!,
  gpu: false,
  threads: Number(threads),
  flashAttention: flashAttention === 'true',
})
const { vocabularySize } = engine.model
answer({ milliseconds: [], cells: 0, tokens: [] })
for (let line = readLine(); line !== null; line = readLine()) {
  const [command, argument] = line.split(/ (.*)/)
  if (command === 'start') await generate(JSON.parse(argument!) as Start)
  else if (command === 'capture') await capture(Number(argument))
  else throw new Error(`Unknown command '${line}'.`)
}
await engine.close()

async function capture(count: number): Promise<void> {
  const started = performance.now()
  await engine.capture(textOf('shared', count, vocabularySize))
  answer({ milliseconds: [performance.now() - started], cells: count, tokens: [] })
}

async function generate({ context, prompt, layers, steps }: Start): Promise<void> {
  const crv = context > 0 ? await engine.capture(textOf('shared', context, vocabularySize)) : undefined
  const arms: Arm[] = layers.map((layer, index) =>
    layer === null ? { name: String(index) } : { name: String(index), injections: [{ crv: crv!, layer }] },
  )
  const tokens = arms.map(() => -1)
  let events = 0
  let wanted = 1
  let milliseconds: number[] = []
  let clock = performance.now()
  try {
    await engine.generateArms(textOf('own', prompt, vocabularySize), arms, {
      maxTokens: steps + 1,
      onToken: ({ arm, token }) => {
        tokens[Number(arm)] = token
        if (++events % arms.length > 0) return
        milliseconds.push(performance.now() - clock)
        if (milliseconds.length === wanted) {
          const cells = context + prompt + events / arms.length - 1
          answer({ milliseconds, cells, tokens })
          wanted = stepsOf(readLine())
          milliseconds = []
        }
        clock = performance.now()
      },
    })
    throw new Error(`A generation ended after ${events / arms.length} steps; raise "steps".`)
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    answer({ milliseconds: [], cells: 0, tokens: [] })
  }
}

/** How many steps are wanted. */
function stepsOf(line: string | null): number {
  if (line === null) process.exit()
  if (line === 'stop') throw new Stop()
  return Number(/^decode (\d+)$/.exec(line)![1])
}
