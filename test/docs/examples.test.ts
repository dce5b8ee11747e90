import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { built } from '../kernel/built.js'
import { blocksOf, cellsOf, examplesOf } from './blocks.js'
import { compile } from './compile.js'
import { ROOT } from './root.js'

/** What examples in comments speak of without making it. */
const NAMES = `
declare const problem: import('nir-lab').Problem
declare const problems: import('nir-lab').Problem[]
declare const crv: import('nir-lab').Crv
declare const calmCrv: import('nir-lab').Crv
declare const angryCrv: import('nir-lab').Crv
declare const prompt: string
declare const folder: string
declare const texts: string[]
declare const arms: import('nir-lab').Arm[]
declare const generations: import('nir-lab').Generation[]
declare const records: import('nir-lab').SweepRecord[]
declare const sweep: import('nir-lab').Sweep
declare const study: import('nir-lab').Study
declare const evaluator: import('nir-lab').Evaluator
declare const reproduction: import('nir-lab').Reproduction
`

const filesOf = (folder: string, end: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => join(ROOT, folder, name))

describe('examples compile', { timeout: 600_000 }, () => {
  it('in comments', () => {
    const sources = ['src', 'kernel'].flatMap((folder) => filesOf(folder, '.ts'))
    const pages = sources.flatMap((about) => examplesOf(about).map((block) => ({ blocks: [block], about })))
    expect(pages.length).toBeGreaterThan(60)
    expect(compile(pages, built(), NAMES)).toEqual([])
  })

  it('in the README, the guides and the notebooks, with their imports', () => {
    const markdown = [join(ROOT, 'README.md'), ...filesOf('docs', '.md')]
    const pages = [...markdown.map(blocksOf), ...filesOf('notebooks', '.ipynb').map(cellsOf)]
      .filter((blocks) => blocks.length > 0)
      .map((blocks) => ({ blocks }))
    expect(pages.length).toBeGreaterThan(5)
    expect(compile(pages, built(), '')).toEqual([])
  })

  it('says where an example is wrong', () => {
    const block = {
      file: 'page.md',
      line: 7,
      code: "import { Crv } from 'nir-lab'\nnir.capture(1, 2)\nconst a: Crv = 1",
    }
    const again = { file: 'page.md', line: 20, code: 'const a = 1\na.b' }
    expect(compile([{ blocks: [block, again] }], built(), '')).toEqual([
      expect.stringMatching(/^page\.md:8: .*not assignable/s),
      expect.stringMatching(/^page\.md:9: .*not assignable/s),
      expect.stringMatching(/^page\.md:21: Property 'b' does not exist/),
    ])
  })
})
