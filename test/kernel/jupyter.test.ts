import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasJupyter, jupyterFolder, type JupyterFolder } from './jupyter-env.js'

describe.skipIf(!hasJupyter)('with Jupyter', () => {
  let jupyter: JupyterFolder

  beforeAll(async () => {
    jupyter = await jupyterFolder()
  })

  it('passes jupyter_kernel_test as published', { timeout: 240_000 }, () => {
    const { status, output } = jupyter.python([join(import.meta.dirname, 'test_kernel.py'), '-v'])
    expect(output).not.toContain('FAIL')
    expect(status, output).toBe(0)
  })

  it("speaks the protocol as Jupyter's client expects it", { timeout: 240_000 }, () => {
    const { status, output } = jupyter.python([join(import.meta.dirname, 'test_protocol.py')])
    expect(status, output).toBe(0)
  })

  it('answers or drops hostile messages, and lives', { timeout: 240_000 }, () => {
    const { status, output } = jupyter.python([join(import.meta.dirname, 'test_hostile.py')])
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
    mkdirSync(join(jupyter.folder, 'work'))
    const notebook = join(jupyter.folder, 'work', 'in.ipynb')
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
    const { status, output } = jupyter.python(command)
    expect(status, output).toBe(0)
    const executed = JSON.parse(readFileSync(join(jupyter.folder, 'work', 'out.ipynb'), 'utf8'))
    const [printed, failed, last] = executed.cells.map((cell: { outputs: unknown[] }) => cell.outputs)
    const text = printed.map((part: { text: string[] }) => part.text.join('')).join('')
    expect(text).toBe(Array.from({ length: 2000 }, (_, i) => `line ${i}\n`).join(''))
    expect(failed[0]).toMatchObject({ output_type: 'error', ename: 'Error', evalue: 'expected' })
    expect(last[0].data['text/plain']).toEqual(['42'])
  })

  it('is found by jupyter kernelspec', () => {
    const { stdout } = jupyter.python(['-m', 'jupyter_client.kernelspecapp', 'list', '--json'])
    expect(Object.keys(JSON.parse(stdout).kernelspecs)).toContain('nir')
  })
})
