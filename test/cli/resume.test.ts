import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Notebook } from '../../src/cli/notebook/notebook.js'
import { openStudy } from '../../src/session/study.js'
import { code, markdown, nir, notebookFile, notebookOf, read } from './notebooks.js'

const recordOf = (notebook: Notebook) => notebook.metadata['papermill'] as Record<string, unknown>
const statuses = (notebook: Notebook) =>
  notebook.cells.flatMap(
    (cell) => (cell.metadata['papermill'] as { status?: string } | undefined)?.status ?? [],
  )
const plain = (notebook: Notebook) =>
  notebook.cells.map((cell) =>
    (cell.outputs ?? []).map((output) => ('data' in output ? output.data['text/plain'] : output)),
  )

describe('the record of a run', { timeout: 180_000 }, () => {
  it("is papermill's, and marks the failed cell in a copy", async () => {
    const path = notebookFile(markdown('# T'), code('1'), code('throw new Error("no")'), code('2'))
    const out = join(dirname(path), 'out.ipynb')
    expect((await nir(['run', path, '-o', out, '-p', 'x=1'])).status).toBe(1)
    const failed = read(out)
    expect(recordOf(failed)).toMatchObject({
      parameters: { x: 1 },
      input_path: path,
      output_path: out,
      exception: true,
      start_time: expect.stringMatching(/^\d{4}-.*Z$/),
      end_time: expect.stringMatching(/^\d{4}-.*Z$/),
      duration: expect.any(Number),
    })
    expect(statuses(failed)).toEqual(['completed', 'completed', 'failed', 'pending'])
    const sources = failed.cells.map((cell) => [cell.source].flat().join(''))
    expect(sources[0]).toContain('encountered at \'<a href="#papermill-error-cell">In [3]</a>\'')
    expect(sources.findIndex((source) => source.includes('id="papermill-error-cell"'))).toBe(
      sources.indexOf('throw new Error("no")') - 1,
    )
    // The marks go when the copy is run itself.
    await nir(['run', out, '--allow-errors'])
    expect(read(out).cells.map(({ cell_type }) => cell_type)).toEqual(['markdown', 'code', 'code', 'code'])
  })

  it('leaves no marks in the own notebook', async () => {
    const path = notebookFile(code('throw new Error("no")'))
    await nir(['run', path])
    expect(read(path).cells).toHaveLength(1)
  })
})

describe('nir run --resume', { timeout: 300_000 }, () => {
  it('does nothing where the run is complete, and runs where the notebook has changed since', async () => {
    const path = notebookFile(code('const x = 1', ['parameters']), code('console.log(x)'))
    const out = join(dirname(path), 'out.ipynb')
    const args = ['run', path, '-o', out, '--resume']
    expect((await nir([...args, '-p', 'x=5'])).status).toBe(0) // nothing to go on with: an ordinary run
    const before = readFileSync(out, 'utf8')
    const again = await nir(args)
    expect(again).toMatchObject({
      status: 0,
      stderr: `nir: the run in ${out} is complete; nothing is left to do.\n`,
    })
    expect(readFileSync(out, 'utf8')).toBe(before)

    const other = await nir([...args, '-p', 'x=6'])
    expect(other.status).toBe(2)
    expect(other.stderr).toContain('was begun with {"x":5}, not {"x":6}')

    writeFileSync(
      path,
      JSON.stringify(notebookOf(code('const x = 1', ['parameters']), code('console.log(-x)'))),
    )
    expect((await nir(args)).status).toBe(0)
    expect(read(out).cells[2]!.outputs).toMatchObject([{ text: ['-5\n'] }])
  })

  it('keeps the outputs of a run that was cut off until they are replaced', async () => {
    const path = notebookFile(
      code(
        'import { existsSync } from "node:fs"\nif (existsSync("again")) process.kill(process.pid, "SIGKILL")',
      ),
      code('console.log("kept")'),
      code('process.kill(process.pid, "SIGKILL")'),
    )
    const out = join(dirname(path), 'out.ipynb')
    await nir(['run', path, '-o', out])
    writeFileSync(join(dirname(path), 'again'), '')
    await nir(['run', path, '-o', out, '--resume'])
    expect(statuses(read(out))).toEqual(['failed', 'pending', 'pending'])
    const kept = read(out).cells.find(({ source }) => String(source).includes('kept'))
    expect(kept?.outputs).toMatchObject([{ text: ['kept\n'] }])
  })

  it('ends as an uninterrupted run after kill -9, and does not compute again what a study has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nir-resume-'))
    const sweepIn = (name: string) => {
      const path = join(folder, `${name}.ipynb`)
      const cells = [
        code('const limit = 2', ['parameters']),
        code(
          [
            "import { appendFileSync } from 'node:fs'",
            "import { createSession } from 'nir-lab'",
            'const lab = await createSession({ gpu: false, threads: 1, exact: true })',
            "const problems = await lab.problems('embedded', { limit })",
          ].join('\n'),
        ),
        code(
          [
            'const sweep = await lab.sweep({',
            "  problems, layers: ['original', 0, 3], maxTokens: 48, maxThinkingTokens: 64,",
            `  study: '${name}', onProgress: ({ taskId }) => appendFileSync('${name}.units', taskId + '\\n'),`,
            '})',
            'undefined',
          ].join('\n'),
        ),
        code("sweep.table('code_quality')"),
      ]
      writeFileSync(path, JSON.stringify(notebookOf(...cells)))
      return path
    }
    const unitsOf = (name: string) =>
      existsSync(join(folder, `${name}.units`))
        ? readFileSync(join(folder, `${name}.units`), 'utf8')
            .trim()
            .split('\n')
        : []
    const timings = async (name: string) => {
      const study = await openStudy(join(folder, name))
      const rows = await study.sql`SELECT * FROM timings`
      await study.close()
      return rows.map((row) =>
        JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
      )
    }

    const path = sweepIn('cut')
    const out = join(folder, 'out.ipynb')
    const watch = { timer: undefined as NodeJS.Timeout | undefined }
    const killed = await nir(['run', path, '-o', out, '-p', 'limit=4'], {
      when: /✓ \[3\/5\]/,
      act: (kill) => {
        watch.timer = setInterval(() => unitsOf('cut').length >= 2 && kill('SIGKILL'), 20)
      },
    })
    clearInterval(watch.timer)
    expect(killed.status).toBeNull()
    expect(statuses(read(out))).toEqual(['completed', 'completed', 'completed', 'running', 'pending'])
    expect(recordOf(read(out))).toMatchObject({ end_time: null, exception: null })
    await expect.poll(() => timings('cut').catch(() => []), { timeout: 20_000 }).not.toEqual([])
    const stored = await timings('cut')
    const before = unitsOf('cut')

    const resumed = await nir(['run', path, '-o', out, '--resume'])
    expect(resumed.status, resumed.stderr).toBe(0)
    const whole = join(folder, 'whole-out.ipynb')
    expect((await nir(['run', sweepIn('whole'), '-o', whole, '-p', 'limit=4'])).status).toBe(0)
    expect(plain(read(out)).slice(3)).toEqual(plain(read(whole)).slice(3))
    expect(statuses(read(out))).toEqual(Array(5).fill('completed'))
    expect(await timings('cut')).toEqual(expect.arrayContaining(stored))
    expect(before.length).toBeLessThan(4)
    expect(unitsOf('cut').slice(before.length)).not.toContain(before[0])
  })
})
