/**
 * What becomes of programs that try to harm or to cheat? Each runs in the sandbox between honest programs, as in
 * test/evaluation/attacks.test.ts, which has further ones that need a server or a file of the host. Prints Markdown, or
 * writes it to a file.
 *
 * `npm run bench:attacks [-- docs/attacks.md]`
 */
import { writeFileSync } from 'node:fs'
import { createEvaluator } from '../src/evaluation/index.js'
import {
  A_PASS_NOT_EARNED,
  DOUBLING,
  REACHING_THE_HOST,
  USING_UP_THE_MACHINE,
  type Attack,
} from './lib/attacks.js'

const evaluator = await createEvaluator()
if (!evaluator.capabilities.sandbox) throw new Error(evaluator.capabilities.reasons.join(' '))

const honest = { code: 'def f(x):\n    return 2 * x', tests: DOUBLING }
let succeeded = 0
let costly = 0

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

async function line({ name, code, tests }: Attack): Promise<string> {
  const results = await evaluator.run([honest, { code, tests }, honest, honest, honest], {
    cpuSeconds: 1,
    wallSeconds: 2,
  })
  const [attack] = results.splice(1, 1)
  const unharmed = results.filter(({ passed }) => passed).length
  if (attack!.passed !== false) succeeded++
  if (unharmed !== results.length) costly++
  const { outcome, message } = attack!
  const said = message
    ? `\`${cell(message.replace(process.cwd(), '').slice(0, 90)).replaceAll('`', "'")}\``
    : ''
  return `| ${cell(name)} | ${outcome} | ${said} | ${unharmed} of ${results.length} |`
}

async function group(title: string, attacks: readonly Attack[]): Promise<string> {
  const lines: string[] = []
  for (const attack of attacks) lines.push(await line(attack))
  const header = '| attack | outcome | message | honest programs that passed |\n| --- | --- | --- | --- |'
  return `## ${title}\n\n${header}\n${lines.join('\n')}\n`
}

const groups = [
  await group('Reaching the host', REACHING_THE_HOST),
  await group('Using up the machine', USING_UP_THE_MACHINE),
  await group('A pass that is not earned', A_PASS_NOT_EARNED),
]
const count = [REACHING_THE_HOST, USING_UP_THE_MACHINE, A_PASS_NOT_EARNED].flat().length
await evaluator.close()

const page = `# Attacks on the sandbox

Made by \`npm run bench:attacks -- docs/attacks.md\`. Every attack runs between four honest programs. A program of the first and last
group would pass its tests if it got what it wanted. Of ${count} attacks ${succeeded} passed, and ${costly} cost another program its result.
\`test/evaluation/attacks.test.ts\` holds all of them to that, and some that need a server or a file of the host. How the
sandbox is built: [sandbox](decisions/sandbox.md), [tests beside the program](decisions/tests-run-beside-the-program.md).

${groups.join('\n')}`
const [file] = process.argv.slice(2)
if (file === undefined) console.log(page)
else writeFileSync(file, page)
