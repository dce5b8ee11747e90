// Prints test/golden/nir-forward/cases.json as the plain text that native/test/golden_cases.hpp reads.
import { Buffer } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './prepare.mjs'

const golden = JSON.parse(readFileSync(join(root, 'test', 'golden', 'nir-forward', 'cases.json'), 'utf8'))
const lines = [['context', ...golden.context]]
for (const states of golden.hidden_states_f32_base64) lines.push(['states', ...floats(states)])
for (const { name, capture, inject, until, decode, add_at, alpha, ...expected } of golden.cases) {
  lines.push(['case', name])
  if (capture !== undefined) lines.push(['capture', capture])
  if (inject !== undefined) lines.push(['inject', inject])
  if (until !== undefined) lines.push(['until', until])
  if (decode === 'released') lines.push(['released'])
  if (add_at !== undefined) lines.push(['steer', add_at, alpha])
  lines.push(['prompt', ...expected.prompt], ['tokens', ...expected.tokens])
  lines.push(['logits', ...floats(expected.logits_f32_base64)])
}
process.stdout.write(lines.map((line) => line.join(' ') + '\n').join(''))

function floats(base64) {
  const bytes = Buffer.from(base64, 'base64')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}
