import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PLOTLY_MIME } from '../../kernel/display/plotly.js'
import { expectFigures } from './figures.js'
import { lacksModule, missing, openLab, PYTHON, SCREENSHOTS, type Cell, type Lab } from './lab.js'

if (missing !== null) console.warn(`The tests in a browser are skipped: ${missing}`)
const withoutNotebook7 = lacksModule('notebook')
if (withoutNotebook7 !== null) console.warn(`The test in Notebook 7 is skipped: ${withoutNotebook7}`)

describe.skipIf(missing !== null)('JupyterLab in a browser', { timeout: 600_000 }, () => {
  let lab: Lab

  beforeAll(async () => {
    lab = await openLab()
  }, 600_000)

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await lab.screenshot(`failed-${task.name.slice(0, 40)}`)
  })

  afterAll(async () => {
    await lab?.close()
  })

  test('a cell shows its value; completion and hover know `nir`', async () => {
    const { page } = lab
    await lab.create()
    const cell = await lab.run('6 * 7')
    expect(await cell.locator('.jp-OutputArea-output').innerText()).toBe('42')

    const editor = page.locator('.jp-Notebook .jp-CodeCell .cm-content').last()
    await editor.click()
    await page.keyboard.insertText('nir.')
    await page.keyboard.press('Tab')
    const completer = page.locator('.jp-Completer')
    await completer.waitFor()
    expect(await completer.innerText()).toContain('capture')
    await lab.screenshot('completion')
    await page.keyboard.press('Escape')

    await page.keyboard.insertText('sweep')
    await page.keyboard.press('Shift+Tab')
    const tooltip = page.locator('.jp-Tooltip')
    await tooltip.locator('pre', { hasText: 'Promise<Sweep>' }).first().waitFor() // it is empty when it appears
    expect(await tooltip.locator('pre').last().innerText()).toContain("study: 'runs/depths'") // its example, as code
    await lab.screenshot('hover')
  })

  test('interrupts a loop by the menu, and keeps the state; a restart loses it', async () => {
    const { page } = lab
    await lab.create()
    await lab.run('let kept = 41')
    const loop = await lab.run("console.log('begun'); while (true) kept = 41")
    await loop.locator('.jp-OutputArea-output', { hasText: 'begun' }).waitFor()
    await lab.menu('Kernel', 'Interrupt Kernel')
    await loop.locator('.jp-OutputArea-output', { hasText: 'The cell was interrupted' }).waitFor()
    await lab.screenshot('interrupt')
    const after = await lab.run('kept + 1')
    expect(await after.locator('.jp-OutputArea-output').innerText()).toBe('42')

    await lab.menu('Kernel', 'Restart Kernel…')
    await page.locator('.jp-Dialog-button', { hasText: 'Restart' }).click()
    await lab.idle()
    const lost = await lab.run('kept')
    await lost.locator('.jp-OutputArea-output', { hasText: "Cannot find name 'kept'" }).waitFor()
    await lab.screenshot('restart')
  })

  test('shows CRVs, code and a growing depth curve; generated markup does not run', async () => {
    const { page } = lab
    await lab.create()
    const crv = await lab.run("const crv = await nir.capture('def add(a, b): return a + b')\ncrv")
    const picture = crv.locator('.jp-OutputArea-output img')
    await picture.waitFor()
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(1)

    const markup = '<img src=x onerror=\\"window.pwned=true\\"><script>window.pwned=true</script>'
    const code = await lab.run(
      `const [a, b] = await nir.generateArms('def f(x):', [{ name: 'original' }, { name: 'layer 1', injections: [{ crv, layer: 1 }] }], { maxTokens: 40 });
[a!, b!, { ...b!, arm: 'hostile', text: "print('${markup}')" }]`,
    )
    await code.locator('.nir-generation').nth(2).waitFor()
    expect(await code.locator('.hljs-string').last().innerText()).toContain('<script>')
    expect(await page.evaluate(() => 'pwned' in window)).toBe(false)

    const sweep = await lab.run(
      "await nir.sweep({ problems: await nir.problems('embedded', { limit: 4 }), layers: ['original', 0, 1, 2, 6, 11] })",
    )
    await sweep.locator('.jp-OutputArea-output table').waitFor({ timeout: 120_000 })
    expect(await sweep.locator('svg[role=img]').count()).toBe(2)
    await lab.screenshot('rich')
    await lab.theme('JupyterLab Dark')
    await lab.screenshot('rich-dark')
    await lab.theme('JupyterLab Light')
  })

  test.each(['01-depth-sweep', '02-thesis-tables', '03-what-was-measured', '04-beyond', '05-hidden-states'])(
    'runs all cells of %s, draws its figures and shows its tables',
    async (name) => {
      await lab.open(`${name}.ipynb`)
      const cells = await lab.runAll()
      const outputs = cells.flatMap((cell) => cell.outputs ?? [])
      expect(outputs.filter((output) => output.output_type === 'error')).toEqual([])

      for (const [index, cell] of cells.entries()) {
        const figures = countOf(cell, PLOTLY_MIME)
        const tables = countOf(cell, 'text/html') - figures
        if (figures + tables === 0) continue
        const shown = await lab.cell(index)
        if (figures > 0) await expectFigures(shown, figures)
        if (tables > 0)
          await shown.locator('.jp-OutputArea-output :is(table, svg, img, .nir-generation)').first().waitFor()
        await lab.screenshot(`${name}/${index}`, shown.locator('.jp-Cell-outputArea'))
      }
      expect(lab.complaints).toEqual([])
      await lab.save()
      await lab.cell(cells.findIndex((cell) => countOf(cell, PLOTLY_MIME) > 0))
      await lab.screenshot(name)
    },
  )

  test('nbconvert makes a page of an executed notebook whose figures draw without a network', async () => {
    const notebook = lab.path('02-thesis-tables.ipynb')
    const { status, stderr } = spawnSync(PYTHON, ['-m', 'nbconvert', '--to', 'html', notebook], {
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    const { cells } = JSON.parse(readFileSync(notebook, 'utf8')) as { cells: Cell[] }
    const figureCount = cells.reduce((sum, cell) => sum + countOf(cell, PLOTLY_MIME), 0)
    const html = notebook.replace(/ipynb$/, 'html')
    expect(readFileSync(html, 'utf8').match(/plotly\.js v\d/g)).toHaveLength(1)
    const page = await lab.offline()
    await page.goto(pathToFileURL(html).href, { waitUntil: 'commit' })
    await expectFigures(page.locator('body'), figureCount)
    await page.screenshot({ path: join(SCREENSHOTS, 'nbconvert.png') })
    await page.context().close()
  })

  test.skipIf(withoutNotebook7 !== null)('Notebook 7 runs cells and draws figures', async () => {
    await lab.createInNotebook7(
      "import { publishedTable } from 'nir-lab'\npublishedTable('code_quality')",
      "({ data: [{ type: 'bar', x: ['a', 'b'], y: [1, 2] }], layout: { title: { text: 'Bars' } } })",
      "({ data: [{ type: 'scatter', x: [1, 2], y: [2, 1] }], layout: { title: { text: 'Line' } } })",
    )
    await lab.menu('Run', 'Run All Cells')
    await expectFigures(lab.page.locator('.jp-Notebook'), 2)
    expect(await lab.page.locator('.jp-Notebook table').count()).toBe(1)
    await lab.screenshot('notebook-7')
  })
})

/** How many outputs of a cell have a MIME type. */
function countOf(cell: Cell, type: string): number {
  return (cell.outputs ?? []).filter((output) => output.data?.[type] !== undefined).length
}
