import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type * as kernelspecModule from '../../kernel/kernelspec/kernelspec.js'
import { importBuilt } from './built.js'

const PYTHON = process.env['NIR_TEST_PYTHON'] ?? 'python3'
const NEEDED = 'import jupyter_client, jupyter_kernel_test, nbconvert, nbformat'

const hasJupyter = spawnSync(PYTHON, ['-c', NEEDED]).status === 0
if (!hasJupyter) {
  const reason = `${PYTHON} lacks jupyter_client, jupyter_kernel_test, nbconvert or nbformat (set NIR_TEST_PYTHON)`
  if (process.env['CI']) throw new Error(reason)
  console.warn(`Jupyter's own tests are skipped: ${reason}.`)
}

const folder = mkdtempSync(join(tmpdir(), 'nir-jupyter-'))
const env = { ...process.env, JUPYTER_PATH: join(folder, 'share', 'jupyter') }

function python(args: string[], cwd = folder): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(PYTHON, args, { cwd, env, encoding: 'utf8', timeout: 240_000 })
  return { status, output: `${stdout}${stderr}` }
}

describe.skipIf(!hasJupyter)('with Jupyter', () => {
  beforeAll(async () => {
    const { installKernelspec } = await importBuilt<typeof kernelspecModule>(
      'kernel/kernelspec/kernelspec.js',
    )
    installKernelspec(join(folder, 'share', 'jupyter', 'kernels'))
  })

  it('passes jupyter_kernel_test as published', { timeout: 240_000 }, () => {
    const { status, output } = python([join(import.meta.dirname, 'test_kernel.py'), '-v'])
    expect(output).not.toContain('FAIL')
    expect(status, output).toBe(0)
  })

  it('runs notebooks for nbconvert, past errors too, and loses no output', { timeout: 240_000 }, () => {
    const cells = [
      'for (let i = 0; i < 2000; i++) console.log("line " + i)',
      'throw new Error("expected")',
      '6 * 7',
    ].map((source, at) => ({
      id: `cell${at}`,
      cell_type: 'code',
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
    }))
    const kernelspec = { name: 'nir', display_name: 'TypeScript (NIR)', language: 'typescript' }
    mkdirSync(join(folder, 'work'))
    const notebook = join(folder, 'work', 'in.ipynb')
    writeFileSync(
      notebook,
      JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }),
    )
    const command = [
      '-m',
      'nbconvert',
      '--to',
      'notebook',
      '--execute',
      '--allow-errors',
      '--output',
      'out',
      notebook,
    ]
    const { status, output } = python(command)
    expect(status, output).toBe(0)
    const executed = JSON.parse(readFileSync(join(folder, 'work', 'out.ipynb'), 'utf8'))
    const [printed, failed, last] = executed.cells.map((cell: { outputs: unknown[] }) => cell.outputs)
    const text = printed.map((part: { text: string[] }) => part.text.join('')).join('')
    expect(text).toBe(Array.from({ length: 2000 }, (_, i) => `line ${i}\n`).join(''))
    expect(failed[0]).toMatchObject({ output_type: 'error', ename: 'Error', evalue: 'expected' })
    expect(last[0].data['text/plain']).toEqual(['42'])
  })

  it('is found by jupyter kernelspec', () => {
    const listed = execFileSync(PYTHON, ['-m', 'jupyter_client.kernelspecapp', 'list', '--json'], {
      env,
      encoding: 'utf8',
    })
    expect(Object.keys(JSON.parse(listed).kernelspecs)).toContain('nir')
  })
})
