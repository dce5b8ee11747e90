/**
 * What does it cost to keep the hidden states of all layers? Our capture of a text ÷ a plain llama.cpp pass over the same
 * tokens (no logits, no callback), each in a process of its own, in turn. The capture's time has its memory in it: a
 * float32 matrix `[tokens, hiddenSize]` a layer.
 *
 * `npm run bench:capture -- [--model embedded|1.1B] [--tokens N] [--pairs N] [--threads N] [--flash-attention on|off]
 * [--json]`
 */
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { compare, report } from './lib/compare.js'
import { EngineSide, PlainSide } from './lib/sides.js'
import { commonOptions, target, whole } from './lib/target.js'

const { values } = parseArgs({ options: { ...commonOptions, tokens: { type: 'string', default: '256' } } })
const model = await target(values)
const tokens = whole('tokens', values.tokens, 0)

const ours = await EngineSide.open(model)
const plain = await PlainSide.open(model, Math.max(4096, 256 * Math.ceil(tokens / 256)))
const rested = (side: () => Promise<number>) => async () => {
  await setTimeout(model.pause)
  return side()
}
const comparison = await compare({
  name: `${model.name}, capture of all ${model.layers} layers of ${tokens} tokens ÷ plain prefill`,
  a: rested(() => ours.capture(tokens)),
  b: rested(() => plain.prefill(tokens)),
  pairs: whole('pairs', values.pairs, model.large ? 15 : 60),
})
await ours.close()
await plain.close()
report([comparison], values.json)
