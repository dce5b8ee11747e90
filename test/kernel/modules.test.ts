import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestKernel } from './session.js'

const esm = (name: string, more: object) =>
  JSON.stringify({ name, version: '1.0.0', type: 'module', ...more })

const FILES = {
  'node_modules/esm-only/package.json': esm('esm-only', { exports: { import: './index.js' } }),
  'node_modules/esm-only/index.js': 'export const two = await Promise.resolve(2); export default "whole"',
  'node_modules/esm-only/index.d.ts':
    'export declare const two: number; declare const whole: string; export default whole',
  'node_modules/exports-only/package.json': JSON.stringify({
    name: 'exports-only',
    version: '1.0.0',
    exports: {
      '.': { types: './lib/main.d.ts', default: './lib/main.cjs' },
      './part': { types: './lib/part.d.ts', import: './lib/part.mjs', require: './lib/part.cjs' },
    },
  }),
  'node_modules/exports-only/lib/main.cjs': 'exports.three = () => 3',
  'node_modules/exports-only/lib/main.d.ts': 'export declare function three(): number',
  'node_modules/exports-only/lib/part.mjs': 'export const kind = "esm"',
  'node_modules/exports-only/lib/part.cjs': 'exports.kind = "cjs"',
  'node_modules/exports-only/lib/part.d.ts': 'export declare const kind: string',
  'node_modules/simple-statistics/package.json': JSON.stringify({
    name: 'simple-statistics',
    version: '0.0.1',
    main: 'own.js',
    types: 'own.d.ts',
  }),
  'node_modules/simple-statistics/own.js': 'exports.mean = () => "the notebook\'s own"',
  'node_modules/simple-statistics/own.d.ts': 'export declare function mean(): string',
  'lib/rows.ts':
    'import { scale } from "./scale"\nexport interface Row { value: number }\nexport const scaled = (row: Row): number => row.value * scale',
  'lib/scale.ts': 'export const scale = 10',
}

let kernel: TestKernel
beforeAll(async () => {
  kernel = await TestKernel.start({}, { files: FILES })
})
afterAll(() => kernel.stop())

async function value(code: string): Promise<string | undefined> {
  const { reply, result } = await kernel.run(code)
  expect(reply['traceback'] ?? []).toEqual([])
  return result
}

let clock = Date.now()

/** Writes a file so that its time differs from that of the version before, however coarse the clock. */
function edit(path: string, text: string): void {
  const file = join(kernel.folder, path)
  writeFileSync(file, text)
  clock += 2000
  utimesSync(file, new Date(), new Date(clock))
}

describe("the user's own modules", () => {
  it('may loop, await, and count in variables that they export', async () => {
    edit(
      'lib/work.ts',
      'import { scale } from "./scale.ts"\nexport let count = 0\nexport async function work() {\n  for (let i = 0; i < 3; i++) count += i\n  count++\n  for await (const x of [1, 2]) count += x * scale\n  return import.meta.url.split("/").slice(-2).join("/")\n}',
    )
    expect(await value('import { work, count } from "./lib/work.ts"\n;[await work(), count]')).toBe(
      "[ 'lib/work.ts', 34 ]",
    )
    expect(
      await value('const again = await import("./lib/work.ts")\n;[await again.work(), again.count]'),
    ).toBe("[ 'lib/work.ts', 68 ]")
  })

  it('are interrupted like cells', async () => {
    edit('lib/spin.ts', 'export async function spin() {\n  console.log("ready")\n  for (;;);\n}')
    const { reply } = await kernel.interrupted('import { spin } from "./lib/spin"\nawait spin()')
    expect(reply['ename']).toBe('CellInterrupted')
    expect((reply['traceback'] as string[]).join('\n')).toContain('lib/spin.ts:3:')
  })

  it('are named in traces with the line of their TypeScript', async () => {
    edit(
      'lib/fails.ts',
      'interface Unseen {\n  a: number\n}\n\nexport function fails(): Unseen {\n  throw new Error("in a file")\n}',
    )
    const { reply } = await kernel.run('import { fails } from "./lib/fails"\nfails()')
    expect((reply['traceback'] as string[]).join('\n')).toContain('lib/fails.ts:6:9)')
  })

  it('are named in type errors, with the line', async () => {
    edit('lib/typed.ts', 'export const typed: number =\n  "text"')
    const { reply } = await kernel.run('import { typed } from "./lib/typed"')
    expect(reply['evalue']).toContain('(lib/typed.ts, line 1)')
    expect(reply['traceback']).toEqual([
      expect.stringMatching(/^lib\/typed.ts:1:14 - TS2322.*\n {4}export const typed.*\n {17}~~~~~$/),
    ])
  })

  it("may lie above the notebook's folder, and be edited", async () => {
    const name = `above-${process.pid}`
    const path = `../${name}.ts`
    try {
      edit(path, 'export const above = 1')
      expect(await value(`import { above } from "../${name}"\nabove`)).toBe('1')
      edit(path, 'export const above = "two"')
      expect(await value(`import { above } from "../${name}"\nabove`)).toBe("'two'")
    } finally {
      rmSync(join(kernel.folder, path), { force: true })
    }
  })

  it('may be what Node runs as it is, with a top-level await', async () => {
    edit('lib/twin.js', 'export const kind = "js"')
    edit('lib/twin.mjs', 'export const kind = await Promise.resolve("mjs")')
    edit('lib/twin.cjs', 'module.exports = { kind: "cjs" }')
    expect(await value('import { kind as js } from "./lib/twin.js"\njs')).toBe("'js'")
    expect(await value('import { kind as mjs } from "./lib/twin.mjs"\nmjs')).toBe("'mjs'")
    expect(await value('import cjs from "./lib/twin.cjs"\ncjs.kind')).toBe("'cjs'")
  })

  it('may not await at their top otherwise, and the error says what to do', async () => {
    edit('lib/waits.ts', 'export const waited = await Promise.resolve(1)')
    const { reply } = await kernel.run('import { waited } from "./lib/waits"\nwaited')
    expect(reply['evalue']).toContain('lib/waits.ts has an await at its top level')
    expect(reply['evalue']).toContain('exported async function')
  })
})

describe("packages of the notebook's folder", () => {
  it('may be ESM only, with a top-level await', async () => {
    expect(await value('import whole, { two } from "esm-only"\n[whole, two]')).toBe("[ 'whole', 2 ]")
    expect(await value('(await import("esm-only")).two')).toBe('2')
  })

  it('may be exported from, which imports', async () => {
    await kernel.run('export { basename as last } from "node:path"\nexport * as paths from "node:path"')
    expect(await value('[last("/a/b"), paths.basename("/c/d")]')).toBe("[ 'b', 'd' ]")
    for (const code of ['export * from "simple-statistics"', 'export { default } from "node:path"']) {
      const { reply } = await kernel.run(`// all\n${code}`)
      expect(reply['evalue']).toContain('import it')
      expect(String(reply['traceback'])).toContain('cell:2:1')
    }
  })

  it('may have nothing but exports', async () => {
    expect(await value('import { three } from "exports-only"\nthree()')).toBe('3')
    expect(await value('import { kind } from "exports-only/part"\nkind')).toMatch(/'(cjs|esm)'/)
    expect(await value('(await import("exports-only/part")).kind')).toBe("'esm'")
  })

  it('come before those of the kernel', async () => {
    expect(await value('import { mean } from "simple-statistics"\nmean()')).toBe('"the notebook\'s own"')
  })

  it('are found once they are installed, without a restart', async () => {
    const code = 'import { late } from "installed-later"\nlate'
    expect((await kernel.run(code)).reply['status']).toBe('error')
    const folder = join(kernel.folder, 'node_modules/installed-later')
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), esm('installed-later', { main: 'index.js' }))
    writeFileSync(join(folder, 'index.js'), 'export const late = "there"')
    writeFileSync(join(folder, 'index.d.ts'), 'export declare const late: string')
    expect(await value(code)).toBe("'there'")
  })
})

it('imports node-llama-cpp, which cannot be required', async () => {
  expect(await value('const llama = await import("node-llama-cpp"); typeof llama.getLlama')).toBe(
    "'function'",
  )
})

describe("the notebook's own TypeScript", () => {
  it('is taken anew when a file that another one imports was edited', async () => {
    const code = 'import { scaled, type Row } from "./lib/rows"\nconst row: Row = { value: 2 }\nscaled(row)'
    expect(await value(code)).toBe('20')
    edit('lib/scale.ts', 'export const scale = 100')
    expect(await value(code)).toBe('200')
    edit(
      'lib/rows.ts',
      'export interface Row { value: string }\nexport const scaled = (row: Row): string => row.value',
    )
    expect((await kernel.run(code)).reply['evalue']).toContain("'number' is not assignable to type 'string'")
    edit('lib/rows.ts', FILES['lib/rows.ts'])
    expect(await value(code)).toBe('200')
  })

  it('is told where a file has a type error, and used once that is repaired', async () => {
    edit('wrong.ts', 'export const wrong: number = "text"')
    const { reply } = await kernel.run('import { wrong } from "./wrong"\nwrong')
    expect(String(reply['traceback'])).toContain('wrong.ts')
    edit('wrong.ts', 'export const wrong: number = 4')
    expect(await value('import { wrong } from "./wrong"\nwrong')).toBe('4')
  })

  it('is missed when it is gone, and found when it is back', async () => {
    const code = 'import { there } from "./there"\nthere'
    edit('there.ts', 'export const there = 1')
    expect(await value(code)).toBe('1')
    rmSync(join(kernel.folder, 'there.ts'))
    expect((await kernel.run(code)).reply['evalue']).toContain("Cannot find module './there'")
    edit('there.ts', 'export const there = 2')
    expect(await value(code)).toBe('2')
  })

  it('may import a file that is only written later', async () => {
    const code = 'import { inner } from "./outer"\ninner'
    edit(
      'outer.ts',
      'import { sep } from "node:path"\nimport { five } from "./inner"\nexport const inner = sep + five',
    )
    expect(String((await kernel.run(code)).reply['traceback'])).toContain('outer.ts')
    edit('inner.ts', 'export const five = 5')
    expect(await value(code)).toBe("'/5'")
  })

  it('may be JavaScript', async () => {
    edit('plain.js', 'export const plain = (x) => x + 1')
    expect(await value('import { plain } from "./plain.js"\nplain(1)')).toBe('2')
  })
})
