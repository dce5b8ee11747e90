import { writeFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestKernel } from './session.js'

let kernel: TestKernel
beforeAll(async () => {
  kernel = await TestKernel.start()
})
afterAll(() => kernel.stop())

describe('values', () => {
  it('shows the last expression, awaited, and nothing for undefined', async () => {
    expect((await kernel.run('const a = 1\na + 1')).result).toBe('2')
    expect((await kernel.run('Promise.resolve([1])')).result).toBe('[ 1 ]')
    expect((await kernel.run('undefined')).messages.map(({ type }) => type)).toEqual(['execute_input'])
  })

  it('shows a displayed value once', async () => {
    const { messages } = await kernel.run('display("shown")')
    expect(messages.map(({ type }) => type)).toEqual(['execute_input', 'display_data'])
  })

  it('runs cells without code', async () => {
    for (const code of ['', '// a comment', 'interface OnlyAType { a: number }']) {
      expect((await kernel.run(code)).reply['status']).toBe('ok')
    }
  })

  it('awaits at the top level in every form', async () => {
    const code = 'const xs: number[] = []; for await (const x of [1, 2]) xs.push(await (async () => x)()); xs'
    expect((await kernel.run(code)).result).toBe('[ 1, 2 ]')
  })
})

describe('names across cells', () => {
  it('counts in a variable of the cell, which a later cell reads', async () => {
    const { result } = await kernel.run('let sum = 0; for (let i = 0; i < 1e8; i++) sum += 1; sum')
    expect(result).toBe('100000000')
    expect((await kernel.run('let old = sum++; [old, sum, --sum]')).result).toBe(
      '[ 100000000, 100000001, 100000000 ]',
    )
  })

  it('keeps one binding: a function sees what a later cell assigns', async () => {
    await kernel.run('let count = 0\nfunction next() { return ++count }')
    expect((await kernel.run('count = 10; next()')).result).toBe('11')
    expect((await kernel.run('count')).result).toBe('11')
  })

  it('takes { name } from an earlier cell', async () => {
    await kernel.run('let left = 1; const right = [2]')
    expect((await kernel.run('({ left, right, both: { left } })')).result).toBe(
      '{ left: 1, right: [ 2 ], both: { left: 1 } }',
    )
    expect((await kernel.run('({ left } = { left: 5 }); left')).result).toBe('5')
  })

  it('lets a cell declare a name anew, with another type', async () => {
    await kernel.run('let again = 1')
    expect((await kernel.run('const again = "text"; again.length')).result).toBe('4')
  })

  it('knows var inside blocks and loops, as a script does', async () => {
    await kernel.run(
      'for (var round = 0; round < 3; round++) { var { twice, list: [head] } = { twice: 2 * round, list: ["h"] } }\n' +
        'function apart() { var inner = 1; return inner }',
    )
    expect((await kernel.run('round++; [round, twice, head]')).result).toBe("[ 4, 4, 'h' ]")
    expect((await kernel.run('const wrong: string = twice')).reply['evalue']).toContain("'number'")
    expect((await kernel.run('inner')).reply['evalue']).toContain("Cannot find name 'inner'")
    await kernel.run('const round = "anew"')
    expect((await kernel.run('round')).result).toBe("'anew'")
  })

  it('keeps what a failing cell had declared', async () => {
    await kernel.run('let early = 5; throw new Error("stop"); let late = 6')
    expect((await kernel.run('[early, late]')).result).toBe('[ 5, undefined ]')
  })

  it('keeps classes, enums and imports', async () => {
    await kernel.run(
      'import { basename } from "node:path"\nenum Colour { Red, Blue }\nclass Box<T> { constructor(readonly value: T) {} }',
    )
    expect((await kernel.run('[basename("/a/b"), Colour.Blue, new Box(3).value]')).result).toBe(
      "[ 'b', 1, 3 ]",
    )
  })

  it('runs a cell whose types cannot be named', async () => {
    const code = 'class Outer { make() { return class { private secret = 2 } } }\nconst made = 1'
    await kernel.run('const hidden = (() => { class Local { private k = 1 } return new Local() })()')
    expect((await kernel.run('hidden')).result).toBe('Local { k: 1 }')
    expect((await kernel.run(code)).reply['ename']).toBe('TypeScriptError')
  })
})

describe('types', () => {
  it('rejects a wrong type with its line and does not run the cell', async () => {
    const { reply, stdout } = await kernel.run('console.log("ran")\nconst wrong: string = 3')
    expect(reply).toMatchObject({ status: 'error', ename: 'TypeScriptError' })
    expect(String(reply['traceback'])).toContain('cell:2:7 - TS2322')
    expect(stdout).toBe('')
  })

  it('blames the line that was written for a bracket left open', async () => {
    const { reply } = await kernel.run('const open = [\n  1,')
    expect(String(reply['traceback'])).toContain("cell:2:5 - TS1005: ']' expected")
  })

  it('knows the session, node and the provided packages from an empty folder', async () => {
    const { reply } = await kernel.run('nir.captur("x")')
    expect(reply['evalue']).toContain("Did you mean 'capture'")
    const packages = [
      'import { mean } from "simple-statistics"',
      'import * as dfd from "danfojs-node"',
      'import { readFileSync } from "node:fs"',
      'const text: string = readFileSync("/dev/null", "utf8")',
      'const column = new dfd.DataFrame([{ a: 1 }, { a: 3 }]).column("a")',
      'mean(column.values as number[])',
    ]
    expect((await kernel.run(packages.join('\n'))).result).toBe('2')
    expect((await kernel.run('column.shape')).result).toBe('[ 2, 1 ]')
  })
})

describe('errors', () => {
  it('points at lines of the cell, in functions of earlier cells too', async () => {
    await kernel.run(
      'interface Unused { a: 1 }\n\nfunction boom(): never {\n  throw new RangeError("far")\n}',
    )
    const { reply } = await kernel.run('// first line\nboom()')
    const trace = (reply['traceback'] as string[]).join('\n')
    expect(reply).toMatchObject({ ename: 'RangeError', evalue: 'far' })
    expect(trace).toMatch(/at boom \(In\[\d+\]:4:9\)\n\s+at In\[\d+\]:2:1$/)
  })

  it('shows the lines of the cell around the place', async () => {
    const { reply } = await kernel.run(
      'const rows = [1]\n\nfor (const row of rows) {\n  throw new Error(String(row))\n}\n// end',
    )
    expect((reply['traceback'] as string[]).slice(1, 7)).toEqual([
      '    2 |',
      '    3 | for (const row of rows) {',
      '  > 4 |   throw new Error(String(row))',
      '      |         ^',
      '    5 | }',
      '    6 | // end',
    ])
  })

  it('says what to do about an error of nir, without its inner frames', async () => {
    const code =
      'throw Object.assign(new RangeError("given 9. Take 1 to 8."), { code: "X", remedy: "Take 1 to 8." })'
    const { reply } = await kernel.run(`// the layer\n${code}`)
    const trace = (reply['traceback'] as string[]).join('\n')
    expect(trace).toContain('RangeError: given 9. Take 1 to 8.')
    expect(trace).toContain('> 2 | throw')
    expect(trace).not.toContain('node:')
  })

  it('shows causes, thrown values and stray rejections', async () => {
    const caused = await kernel.run('throw new Error("outer", { cause: new Error("inner") })')
    expect(String(caused.reply['traceback'])).toContain('inner')
    expect((await kernel.run('throw { code: 3 }')).reply).toMatchObject({
      ename: 'Thrown',
      evalue: '{ code: 3 }',
    })
    // What throws when it is looked at is an error like any other, also for a front end.
    const hostile = await kernel.run('throw new Proxy(new Error("x"), { get() { throw 1 } })')
    expect(hostile.messages.at(-1)).toMatchObject({ type: 'error', content: { ename: 'Error' } })
    const stray = await kernel.run(
      'Promise.reject(new Error("lost")); await new Promise((r) => setTimeout(r, 30))',
    )
    expect(stray.reply['status']).toBe('ok')
    expect(stray.stderr).toContain('lost')
  })
})

describe('globals', () => {
  it('shows none of what the kernel put there', async () => {
    const { result } = await kernel.run('globalThis')
    expect(result).toContain('setTimeout')
    expect(result).not.toContain('nir.')
    expect((await kernel.run('Reflect.has(globalThis, Symbol.for("nir.comms"))')).result).toBe('true')
  })
})

describe('streams', () => {
  it('loses none of 2,000 lines and keeps their order', async () => {
    const { stdout, messages } = await kernel.run('for (let i = 0; i < 2000; i++) console.log("line " + i)')
    expect(stdout).toBe(Array.from({ length: 2000 }, (_, i) => `line ${i}\n`).join(''))
    expect(messages.filter(({ type }) => type === 'stream').length).toBeLessThan(100)
  })

  it('ends after what is displayed late has been shown', async () => {
    const late =
      '{ [Symbol.for("Jupyter.display")]: () => new Promise((r) => setTimeout(r, 300, { "text/plain": "late" })) }'
    const { messages } = await kernel.run(`display(${late}); undefined`)
    expect(messages.at(-1)).toMatchObject({
      type: 'display_data',
      content: { data: { 'text/plain': 'late' } },
    })
  })

  it('keeps both streams and displays in the order of the calls', async () => {
    const { messages } = await kernel.run('console.log(1); display(2); console.error(3); console.log(4)')
    const shown = messages
      .filter(({ type }) => type !== 'execute_input')
      .map(({ type, content }) => (type === 'stream' ? content['text'] : type))
    expect(shown).toEqual(['1\n', 'display_data', '3\n', '4\n'])
  })

  it('sends text while a loop without awaits still runs', async () => {
    let first = 0
    const begun = Date.now()
    await kernel.client.execute(
      'console.log("now"); const end = Date.now() + 1500; while (Date.now() < end);',
      (type) => {
        if (type === 'stream') first ||= Date.now() - begun
      },
    )
    expect(first).toBeGreaterThan(0)
    expect(Date.now() - begun - first).toBeGreaterThan(700)
  })
})

describe('the session', () => {
  it('is made when the first cell uses it, once, and is the one that nir-lab exports', async () => {
    const count = 'import { sessionCount } from "nir-lab"\nsessionCount()'
    expect((await kernel.run(count)).result).toBe('0')
    expect((await kernel.run('await nir.capture("abc") + nir.model.layerCount')).result).toBe('11')
    await kernel.run('nir.model')
    expect((await kernel.run('sessionCount()')).result).toBe('1')
  })

  it('is not made for help', async () => {
    const fresh = await TestKernel.start()
    expect((await fresh.run('nir.help("generate")')).result).toBe("'help on generate'")
    expect((await fresh.run('import { sessionCount } from "nir-lab"\nsessionCount()')).result).toBe('0')
    expect((await fresh.run('[nir.model.layerCount, sessionCount()]')).result).toBe('[ 8, 1 ]')
    await fresh.stop()
  })

  it('shows progress in place', async () => {
    const { messages } = await kernel.run('await nir.showProgress()')
    const [shown, updated] = messages.filter(({ type }) => type.endsWith('display_data'))
    expect(updated!.type).toBe('update_display_data')
    expect(updated!.content['transient']).toEqual(shown!.content['transient'])
  })
})

describe('modules', () => {
  it("takes an edit of the notebook's own module at once", async () => {
    const path = join(kernel.folder, 'helper.ts')
    writeFileSync(path, 'export const factor: number = 2')
    const code = 'import { factor } from "./helper"\nfactor'
    expect((await kernel.run(code)).result).toBe('2')
    writeFileSync(path, 'export const factor: number = 3')
    utimesSync(path, new Date(), new Date(Date.now() + 2000))
    expect((await kernel.run(code)).result).toBe('3')
  })

  it('has import.meta', async () => {
    expect((await kernel.run('import.meta.url.endsWith("/cell.ts")')).result).toBe('true')
  })

  it('imports lazily too', async () => {
    expect((await kernel.run('(await import("simple-statistics")).mean([1, 2])')).result).toBe('1.5')
    const missing = await kernel.run('await import("no-such-package-at-all" as string)')
    expect(missing.reply['status']).toBe('error')
  })
})
