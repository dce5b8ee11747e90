import { createSession } from '../../src/index.js'
import { stubSweep, stubSweepOf, type StubMode } from './stub-sweep.js'

/*
 * A process that works on a study until it is done, or killed: `node study-child.js stub|kept|checkpoints|embedded folder [units]`. It
 * prints a line a unit as soon as the unit is stored, so that whoever kills it knows what may not be lost.
 */
const [mode, folder = '', size = '40'] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)

try {
  await (mode === 'embedded' ? embedded() : stub())
  say('end')
} catch (error) {
  say(`error ${(error as { code?: string }).code ?? ''} ${(error as Error).message}`)
  process.exitCode = 1
}

async function embedded(): Promise<void> {
  const nir = await createSession({ gpu: false, threads: 1, exact: true })
  const problems = await nir.problems('embedded', { limit: Number(size) })
  say('ready')
  await nir.sweep({
    problems,
    layers: ['original', 0, 3],
    arms: [{ steering: [{ layer: 2, vector: 'mean', scale: 0.1 }] }],
    keepCrvs: true,
    maxTokens: 48,
    maxThinkingTokens: 64,
    study: folder,
    onProgress: ({ taskId }) => say(`unit ${taskId}`),
  })
  await nir.close()
}

async function stub(): Promise<void> {
  say('begin')
  await stubSweep(folder, {
    ...stubSweepOf(mode as StubMode, Number(size)),
    pause: 3,
    ...(mode === 'checkpoints' && { logLimit: 8_000 }),
    onStart: (stored) => say(`stored ${stored.join(' ')}\nready`),
    onUnit: (taskId) => say(`unit ${taskId}`),
  })
}
