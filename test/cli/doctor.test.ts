import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type * as kernelspecModule from '../../kernel/kernelspec/kernelspec.js'
import type * as diagnoseModule from '../../src/cli/doctor/diagnose.js'
import type { Diagnosis } from '../../src/cli/doctor/diagnose.js'
import { built, importBuilt } from '../kernel/built.js'
import { nir } from './notebooks.js'

const ROOT = join(import.meta.dirname, '../..')
const fresh = () => mkdtempSync(join(tmpdir(), 'nir-doctor-'))

/** Surroundings without a kernelspec, a virtual environment or a model of the one who runs the tests. */
const bare = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  JUPYTER_DATA_DIR: fresh(),
  JUPYTER_PATH: '',
  VIRTUAL_ENV: undefined,
  CONDA_PREFIX: undefined,
  NIR_MODEL: undefined,
  ...env,
})

async function diagnosis(
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<Diagnosis & { status: number | null }> {
  const { status, stdout, stderr } = await nir(['doctor', '--json', ...args], { env })
  expect(stderr).toBe('')
  return { status, ...(JSON.parse(stdout) as Diagnosis) }
}

const about = ({ findings }: Diagnosis, what: string) => findings.filter((one) => one.what === what)

/** A folder with one executable script. */
function stub(name: string, script: string): string {
  const folder = fresh()
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  // Programs are tested as nobody where this runs as root, who has to read it too.
  for (const path of [folder, join(folder, name)]) chmodSync(path, 0o755)
  return folder
}

describe('nir doctor', { timeout: 180_000 }, () => {
  it('says that the main job can run here, with a line for each thing', async () => {
    const { status, stdout } = await nir(['doctor'], { env: bare() })
    expect(status, stdout).toBe(0)
    expect(stdout).toMatch(/^✓ Node\.js {8}v\d+/m)
    expect(stdout).toMatch(/^✓ native engine {2}built; llama\.cpp /m)
    expect(stdout).toMatch(/^✓ model +the embedded one: llama, 12 layers/m)
    expect(stdout).toMatch(/^– kernel +not known to Jupyter\n +→ npx nir kernel install$/m)
    expect(stdout.trimEnd()).toMatch(/\nNotebooks and sweeps run here.*\.$/)
  })

  it('runs with an empty PATH, and names what is not there with a way to get it', async () => {
    const found = await diagnosis([], bare({ PATH: fresh(), CHROMIUM: undefined }))
    expect(found.status).toBe(0) // the main job needs none of it
    for (const what of ['Jupyter', 'toolchain', 'Chromium', 'sandbox']) {
      const [finding] = about(found, what)
      expect(finding, what).toMatchObject({ state: expect.stringMatching(/absent|failed/) })
      expect(finding!.remedy, what).toMatch(/install/)
    }
    expect(about(found, 'sandbox')[0]!.detail).toMatch(/not installed|No python3|needs Linux/)
  })

  it.runIf(process.platform === 'linux' && spawnSync('python3', ['--version']).status === 0)(
    'tells why a bubblewrap that is there does not work',
    async () => {
      const folder = stub('bwrap', 'echo "bwrap: no permission to make namespaces" >&2; exit 1')
      const found = await diagnosis([], bare({ PATH: `${folder}${delimiter}${process.env['PATH']}` }))
      expect(found).toMatchObject({ status: 0, ready: true })
      expect(about(found, 'sandbox')).toMatchObject([
        { state: 'failed', detail: expect.stringContaining('no permission to make namespaces') },
      ])
    },
  )

  it('finds kernelspecs whose command is gone, of this installation, and of another', async () => {
    const { installKernelspec } = await importBuilt<typeof kernelspecModule>(
      'kernel/kernelspec/kernelspec.js',
    )
    const data = fresh()
    const edited = (name: string, change: (argument: string) => string) => {
      const file = join(installKernelspec(join(data, 'kernels'), { name }), 'kernel.json')
      const spec = JSON.parse(readFileSync(file, 'utf8')) as { argv: string[] }
      writeFileSync(file, JSON.stringify({ ...spec, argv: spec.argv.map(change) }))
    }
    const other = join(fresh(), 'kernel', 'main.js')
    mkdirSync(dirname(other))
    writeFileSync(other, '')
    edited('mine', (argument) => argument)
    edited('other', (argument) => (argument.endsWith('main.js') ? other : argument))
    edited('stale', (argument) => argument.replace(/.*(\/kernel\/main\.js)$/, '/no/such$1'))
    mkdirSync(join(data, 'kernels', 'python3'))
    writeFileSync(join(data, 'kernels', 'python3', 'kernel.json'), '{"argv": ["python"]}')

    const found = await diagnosis([], bare({ JUPYTER_DATA_DIR: data }))
    const kernels = about(found, 'kernel').sort((a, b) => a.detail.localeCompare(b.detail))
    expect(kernels).toMatchObject([
      { state: 'ok', detail: join(data, 'kernels', 'mine') },
      { state: 'absent', detail: expect.stringContaining('another installation') },
      {
        state: 'failed',
        detail: expect.stringContaining('/no/such/kernel/main.js, which is gone'),
        remedy: 'npx nir kernel install',
      },
    ])
    expect(found.status).toBe(0)
  })

  it('exits with 1 where the model is missing, broken, or too large', async () => {
    const missing = await diagnosis(['--model', '/no/such.gguf'], bare())
    expect(missing).toMatchObject({ status: 1, ready: false, lacking: ['model'] })
    expect(about(missing, 'model')[0]!.detail).toContain('/no/such.gguf')

    const broken = join(fresh(), 'broken.gguf')
    writeFileSync(broken, 'GGUF')
    const fromEnvironment = await nir(['doctor'], { env: bare({ NIR_MODEL: broken }) })
    expect(fromEnvironment.status).toBe(1)
    expect(fromEnvironment.stdout).toMatch(/^✗ model +'.*broken\.gguf' /m)
    expect(fromEnvironment.stdout).toContain('Notebooks and sweeps do not run here: see model.')
  })

  it('runs where packages are missing and the engine has not been built', async () => {
    const copy = fresh()
    for (const part of ['package.json', 'data']) symlinkSync(join(ROOT, part), join(copy, part))
    cpSync(built(), join(copy, 'dist'), { recursive: true })
    const main = join(copy, 'dist/src/cli/main.js')
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'doctor'], {
      env: { ...process.env, ...bare() },
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(1)
    expect(stdout).toMatch(/^✗ packages +.*zeromq is missing/m)
    expect(stdout).toMatch(
      /^✗ native engine +The native engine has not been built\.\n +→ Run: npm run build\.$/m,
    )
    expect(stdout).toContain('do not run here: see packages, native engine')
  })

  it('ends checks that take too long, and goes on without them', async () => {
    const { diagnose } = await importBuilt<typeof diagnoseModule>('src/cli/doctor/diagnose.js')
    const { ready, findings } = await diagnose({ model: undefined }, 1)
    expect(ready).toBe(false)
    expect(findings[0]).toMatchObject({ state: 'failed', detail: 'the check did not answer within 0.001 s' })
  })
})
