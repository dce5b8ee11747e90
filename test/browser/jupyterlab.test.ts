import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { missing, openLab, type Lab } from './lab.js'

if (missing !== null) console.warn(`The tests in a browser are skipped: ${missing}`)

describe.skipIf(missing !== null)('JupyterLab in a browser', { timeout: 300_000 }, () => {
  let lab: Lab

  beforeAll(async () => {
    lab = await openLab()
  })

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await lab.screenshot('failed')
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
    await tooltip.waitFor()
    expect(await tooltip.innerText()).toContain('Promise<Sweep>')
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
  })

  test.each(['01-depth-sweep', '02-thesis-tables'])(
    'runs all cells of %s and draws its charts',
    async (name) => {
      const { page } = lab
      await lab.open(`${name}.ipynb`)
      const cells = await lab.runAll()
      expect(cells.flatMap(({ outputs }) => outputs).filter((one) => one.output_type === 'error')).toEqual([])
      const chart = page.locator('.jp-Notebook .js-plotly-plot .main-svg').first()
      await chart.scrollIntoViewIfNeeded()
      expect(await chart.locator('.scatterlayer path, .barlayer path').count()).toBeGreaterThan(0)
      await lab.screenshot(name)
    },
  )
})
