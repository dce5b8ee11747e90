import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { findBrowser } from '../../src/analysis/charts/picture.js'
import { ansiToHtml } from '../../src/cli/html/ansi.js'
import { pageOf } from '../../src/cli/html/page.js'
import type { Output } from '../../src/cli/notebook/outputs.js'
import { code, markdown, notebookFile, notebookOf } from './notebooks.js'

const ESC = '\u001b['
const PLOTLY = 'application/vnd.plotly.v1+json'

function browser(): string | undefined {
  try {
    return findBrowser()
  } catch (error) {
    console.warn(`The tests of pages in a browser are skipped: ${(error as Error).message}`)
    return undefined
  }
}

const BROWSER = browser()

const shown = (source: string, ...outputs: Output[]) => ({ ...code(source), outputs, execution_count: 1 })
const data = (bundle: Record<string, unknown>): Output => ({
  output_type: 'display_data',
  data: bundle,
  metadata: {},
})
const figure = data({ [PLOTLY]: { data: [{ type: 'bar', y: [1, 3, 2] }], layout: { title: { text: 'T' } } } })
const wide = data({
  'text/html': `<div style="overflow: auto"><table><tr>${'<td>a column</td>'.repeat(40)}</tr></table></div>`,
})

const PAGE = pageOf(
  notebookOf(
    markdown('# A *title*'),
    ...['One & two', 'Three', 'Three', 'Four [link](https://example.org)'].map((text) =>
      markdown(`## ${text}`),
    ),
    shown('draw()', figure),
    shown('table()', wide),
    shown('again()', figure, { output_type: 'stream', name: 'stdout', text: `${ESC}31mred${ESC}0m <b>` }),
  ),
)

describe('ANSI text', () => {
  it.each([
    ['plain <b>', 'plain &lt;b&gt;'],
    [`${ESC}31mred${ESC}39m back`, '<span class="fg-1">red</span> back'],
    [
      `${ESC}1;92mbold${ESC}22mnot${ESC}m.`,
      '<span class="bold fg-2">bold</span><span class="fg-2">not</span>.',
    ],
    [
      `${ESC}41ma${ESC}32mb${ESC}49mc`,
      '<span class="bg-1">a</span><span class="bg-1 fg-2">b</span><span class="fg-2">c</span>',
    ],
    [`${ESC}38;5;200mmany${ESC}0m${ESC}48;2;1;2;3mmore`, 'manymore'],
    [`${ESC}2K${ESC}1Aover`, 'over'],
  ])('%j', (text, html) => {
    expect(ansiToHtml(text)).toBe(html)
  })
})

describe('a page', () => {
  it('has anchors at its headings and a table of contents below the title', () => {
    expect([...PAGE.matchAll(/<h2 id="([^"]+)"/g)].map((match) => match[1])).toEqual([
      'one-two',
      'three',
      'three--2',
      'four-link',
    ])
    const [contents = ''] = /<nav>[\s\S]*<\/nav>/.exec(PAGE) ?? []
    expect(contents).toContain('<a href="#three--2">Three</a>')
    expect(contents).toContain('<a href="#four-link">Four link</a>')
    expect(PAGE.indexOf('<nav>')).toBeGreaterThan(PAGE.indexOf('</h1>'))
    expect(pageOf(notebookOf(markdown('# T\n## One\n## Two')))).not.toContain('<nav>')
  })

  it('names no resource outside of itself', () => {
    const own = PAGE.replace(/<script class="nir-plotly-js">[\s\S]*?<\/script>/, '')
    expect(own).not.toMatch(/<link|@import|<iframe|\bsrc="(?!data:)|url\((?!["']?data:)/)
  })

  it.skipIf(BROWSER === undefined)(
    'draws its figures with no network at all, and loses nothing on paper',
    { timeout: 120_000 },
    async () => {
      const path = join(dirname(notebookFile()), 'page.html')
      writeFileSync(path, PAGE)
      const opened = await chromium.launch({
        executablePath: BROWSER!,
        args: ['--no-sandbox', '--disable-gpu'],
      })
      try {
        const page = await opened.newPage({ viewport: { width: 1100, height: 900 } })
        const asked: string[] = []
        const errors: string[] = []
        page.on('request', (request) => asked.push(request.url()))
        page.on('pageerror', (error) => errors.push(error.message))
        await page.route('**/*', (route) =>
          route.request().url().startsWith('file:') ? route.continue() : route.abort(),
        )
        await page.goto(pathToFileURL(path).href)
        await page.locator('.figure .bars .point').nth(5).waitFor({ state: 'attached' })
        expect(await page.locator('.figure .main-svg').count()).toBeGreaterThanOrEqual(2)
        expect(asked.filter((url) => !url.startsWith('data:') && !url.startsWith('blob:'))).toEqual([
          pathToFileURL(path).href,
        ])
        expect(errors).toEqual([])

        const paper = { width: 680, height: 960 } // A4 at 96 dots an inch, without the margins
        await page.emulateMedia({ media: 'print' })
        await page.setViewportSize(paper)
        const right = (selector: string) =>
          page.evaluate(
            (one) =>
              Math.max(
                ...Array.from(document.querySelectorAll(one), (part) => part.getBoundingClientRect().right),
              ),
            selector,
          )
        expect(await right('table')).toBeLessThanOrEqual(paper.width + 1)
        expect(await right('.figure .main-svg')).toBeLessThanOrEqual(paper.width + 1)
      } finally {
        await opened.close()
      }
    },
  )
})
