import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Output } from '../../src/cli/notebook/outputs.js'
import { code, markdown, nir, notebookFile, read } from './notebooks.js'

const outputsOf = (path: string): (Output[] | undefined)[] => read(path).cells.map((cell) => cell.outputs)

describe('nir run', () => {
  it('keeps outputs in the notebook and prints one line a cell', async () => {
    const path = notebookFile(markdown('# Title'), code('console.log("a")\nconsole.log("b")\n1 + 1'))
    const { status, stderr } = await nir(['run', path])
    expect(status, stderr).toBe(0)
    expect(stderr).toMatch(/^✓ \[1\/1\] console\.log\("a"\) \([\d.]+ s\)\n$/)
    const { cells, metadata } = read(path)
    expect(metadata).toMatchObject({ kernelspec: { name: 'nir' }, language_info: { name: 'typescript' } })
    expect(cells[1]).toMatchObject({
      execution_count: 1,
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['a\n', 'b\n'] },
        { output_type: 'execute_result', execution_count: 1, data: { 'text/plain': ['2'] }, metadata: {} },
      ],
    })
  })

  it('writes the notebook, names cell and line, and exits with 1 when a cell fails', async () => {
    const path = notebookFile(code('const fine = 1'), code('\nthrow new Error("stop here")'), code('"never"'))
    const { status, stderr } = await nir(['run', path])
    expect(status).toBe(1)
    expect(stderr).toContain('nir: cell 2, line 2: Error: stop here')
    const [, failed, never] = outputsOf(path)
    expect(failed).toMatchObject([{ output_type: 'error', ename: 'Error', evalue: 'stop here' }])
    expect(never).toEqual([])
  })

  it('goes on after errors when asked to', async () => {
    const path = notebookFile(code('const x: string = 1'), code('"still"'))
    const { status, stderr } = await nir(['run', path, '--allow-errors'])
    expect(status).toBe(1)
    expect(stderr).toContain('cell 1, line 1: TypeScriptError')
    expect(outputsOf(path)[1]).toMatchObject([{ output_type: 'execute_result' }])
  })

  it('ends a cell that runs longer than --timeout', async () => {
    const path = notebookFile(code('for (;;) {}'))
    const { status, stderr } = await nir(['run', path, '--timeout', '0.5'])
    expect(status).toBe(1)
    expect(stderr).toContain('CellTimeout: The cell ran longer than 0.5 s.')
  })

  it('interrupts on Ctrl-C and keeps what there is', async () => {
    const path = notebookFile(code('console.log("first")'), code('console.log("half"); for (;;) {}'))
    const { status } = await nir(['run', path], {
      when: /✓ \[1\/2\]/,
      act: (kill) => setTimeout(() => kill('SIGINT'), 700),
    })
    expect(status).toBe(130)
    const [first, second] = outputsOf(path)
    expect(first).toMatchObject([{ text: ['first\n'] }])
    expect(second).toMatchObject([{ text: ['half\n'] }, { output_type: 'error', ename: 'CellInterrupted' }])
  })

  it('says so when the kernel dies, and keeps what there is', async () => {
    const path = notebookFile(code('console.log("before")'), code('process.kill(process.pid, "SIGKILL")'))
    // It does not stay for the time that the cell might have taken.
    const { status, stderr } = await nir(['run', path, '--timeout', '3600'])
    expect(status).toBe(1)
    expect(stderr).toContain('KernelDied: The kernel ended by SIGKILL.')
    expect(outputsOf(path)[0]).toMatchObject([{ text: ['before\n'] }])
  })

  it('writes a page that needs nothing else', async () => {
    const figure = 'display({ data: [{ type: "bar", y: [1, 2] }], layout: {} })\nundefined'
    const path = notebookFile(
      markdown('# A *page*'),
      code(figure),
      code(`${figure} // again`),
      code('throw new Error("<b>")'),
    )
    const html = join(dirname(path), 'page.html')
    await nir(['run', path, '--html', html])
    const page = readFileSync(html, 'utf8')
    expect(page.match(/plotly\.js v\d/g)).toHaveLength(1)
    expect(page.match(/Plotly\.newPlot\(place/g)).toHaveLength(2)
    expect(page).toContain('<h1 id="a-page">A <em>page</em>')
    expect(page).toContain('Error: &lt;b&gt;')
    expect(page.replace(/<script class="nir-plotly-js">[\s\S]*?<\/script>/, '')).not.toMatch(
      /(src|href)="https?:/,
    )
  })
})

describe('usage', () => {
  it.each([
    [[], 2, 'A command is missing'],
    [['rum'], 2, 'no command "rum"'],
    [['run'], 2, 'takes one notebook'],
    [['run', 'a.ipynb', '--no-such'], 2, "Unknown option '--no-such'"],
    [['run', 'a.ipynb', '-p', 'x'], 2, 'is not name=value'],
    [['run', 'a.ipynb', '-f', '/no/such.yaml'], 2, 'cannot be read'],
    [['run', 'a.ipynb', '--timeout', 'soon'], 2, 'not a number of seconds'],
    [['run', 'a.ipynb', '--timeout', '2147484'], 2, 'longer than 2147483 seconds'],
    [['run', '/no/such.ipynb', '-o', '/tmp/x.ipynb'], 1, 'cannot be read'],
    [['kernel', 'instal'], 2, 'does not know "instal"'],
    [['kernel', 'install', '--user', '--prefix', '/x'], 2, 'exclude each other'],
  ])('%j ends with %i and one line', async (args, expected, text) => {
    const { status, stderr } = await nir(args)
    expect(status).toBe(expected)
    expect(stderr).toContain(text)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it.each([[['--help']], [['run', '--help']], [['kernel', '--help']]])('%j explains itself', async (args) => {
    const { status, stdout } = await nir(args)
    expect(status).toBe(0)
    expect(stdout).toContain('nir ')
  })

  it('installs and removes the kernel below a prefix', async () => {
    const prefix = dirname(notebookFile())
    const spec = join(prefix, 'share/jupyter/kernels/nir/kernel.json')
    expect((await nir(['kernel', 'install', '--prefix', prefix])).status).toBe(0)
    expect(existsSync(spec)).toBe(true)
    expect((await nir(['kernel', 'uninstall', '--prefix', prefix])).status).toBe(0)
    expect(existsSync(spec)).toBe(false)
    expect((await nir(['kernel', 'uninstall', '--prefix', prefix])).status).toBe(1)
  })
})
