import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { dumpStudy } from '../../bench/lib/study-kills.js'
import { loadStudyConfig } from '../../src/index.js'
import { built } from '../kernel/built.js'

const EXAMPLES = join(import.meta.dirname, '../../examples/scaling-out')
const root = mkdtempSync(join(tmpdir(), 'nir-scaling-'))
const isWindows = process.platform === 'win32'
const hasParallel = spawnSync('parallel', ['--version']).status === 0

/** As the examples' study, but quick. */
const QUICK = `version: 1
session: { exact: true, gpu: false, threads: 1 }
problems: { limit: 3 }
layers: [original, 3]
maxTokens: 8
maxThinkingTokens: 8
`

const run = (folder: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  promisify(execFile)(command, args, {
    cwd: folder,
    env: { ...process.env, ...env, PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH']}` },
  })

function withConfig(): string {
  const folder = mkdtempSync(join(root, 'study-'))
  writeFileSync(join(folder, 'depths.yaml'), QUICK)
  return folder
}

let whole: Awaited<ReturnType<typeof dumpStudy>>

beforeAll(async () => {
  mkdirSync(join(root, 'bin'))
  const nir = join(root, 'bin', 'nir')
  writeFileSync(nir, `#!/bin/sh\nexec '${process.execPath}' '${join(built(), 'src/cli/main.js')}' "$@"\n`)
  chmodSync(nir, 0o755)
  if (isWindows) return
  const folder = withConfig()
  await run(folder, 'nir', ['sweep', 'depths.yaml'])
  whole = await dumpStudy(join(folder, 'depths'))
}, 120_000)
afterAll(() => {
  rmSync(root, { recursive: true })
})

describe.skipIf(isWindows)('the examples of scaling out', () => {
  it('configure a study', async () => {
    const config = await loadStudyConfig(join(EXAMPLES, 'depths.yaml'))
    expect(config.layers).toEqual(['original', 0, 3, 6])
  })

  it('Slurm: the array is four jobs that together are the study', async () => {
    const script = join(EXAMPLES, 'slurm.sh')
    execFileSync('bash', ['-n', script])
    const options = [...readFileSync(script, 'utf8').matchAll(/^#SBATCH --(\w+)=(.*)$/gm)]
    expect(Object.fromEntries(options.map(([, name, value]) => [name, value]))).toMatchObject({
      array: '1-4',
    })
    const folder = withConfig()
    for (let id = 1; id <= 4; id++)
      await run(folder, 'bash', [script, 'depths.yaml'], { SLURM_ARRAY_TASK_ID: String(id) })
    await requireWhole(folder, 4)
  }, 300_000)

  it('Kubernetes: the indexed Job is as many pods, whose commands together are the study', async () => {
    const job = parse(readFileSync(join(EXAMPLES, 'kubernetes.yaml'), 'utf8')) as {
      kind: string
      spec: {
        completionMode: string
        completions: number
        template: { spec: { containers: { command: string[] }[] } }
      }
    }
    expect(job).toMatchObject({ kind: 'Job', spec: { completionMode: 'Indexed', completions: 4 } })
    const [command, ...args] = job.spec.template.spec.containers[0]!.command
    const folder = withConfig()
    for (let index = 0; index < job.spec.completions; index++)
      await run(folder, command!, args, { JOB_COMPLETION_INDEX: String(index) })
    await requireWhole(folder, 4)
  }, 300_000)

  it.skipIf(!hasParallel)(
    'GNU parallel: runs the shards and merges them',
    async () => {
      const folder = withConfig()
      const { stdout } = await run(folder, join(EXAMPLES, 'parallel.sh'), ['depths.yaml', '2'])
      expect(stdout).toMatch(/^depths: complete, 3 units$/m)
      expect(await dumpStudy(join(folder, 'depths'))).toEqual(whole)
    },
    120_000,
  )
})

describe.skipIf(isWindows)('nir sweep --shard', () => {
  it.each(['2', '0/2', '3/2'])('%s is refused', async (shard) => {
    const folder = withConfig()
    await expect(run(folder, 'nir', ['sweep', 'depths.yaml', '--shard', shard])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`--shard ${shard} is not such as 2/8`),
    })
    expect(readdirSync(folder)).toEqual(['depths.yaml'])
  })
})

async function requireWhole(folder: string, shards: number): Promise<void> {
  const parts = Array.from({ length: shards }, (_, index) => `depths.shard-${index + 1}-of-${shards}`)
  const { stdout } = await run(folder, 'nir', ['merge', 'depths', ...parts])
  expect(stdout).toMatch(/^depths: complete, 3 units$/m)
  expect(await dumpStudy(join(folder, 'depths'))).toEqual(whole)
}
