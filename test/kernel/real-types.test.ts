import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { STANDARD_METRICS, TABLE_IDS, THESIS_METRICS, TREE_METRICS } from '../../src/index.js'
import { TestKernel } from './session.js'

let kernel: TestKernel
beforeAll(async () => {
  kernel = await TestKernel.start({}, { realApi: true })
  await kernel.run(`
    declare const sweep: import('nir-lab').Sweep
    const problems = [] as import('nir-lab').Problem[]
    const user = { alpha: 1, beta: { gamma: 2 } }
    function greet(name: 'ann' | 'bob') {}
    class Animal { speak() {} private secret = 1 }`)
})
afterAll(() => kernel.stop())

/** Replaces what the kernel says is to be replaced, and gives the first match. */
const first = async (code: string) => {
  const { matches, replaced } = await kernel.complete(code)
  return [replaced, matches[0]]
}

describe('completion of members', () => {
  it('lists the members of the session, help among them, before anything is run', async () => {
    const { matches, replaced } = await kernel.complete('nir.⎸')
    expect(replaced).toBe('')
    expect(matches).toContain('help')
    expect(matches).toEqual([...matches].sort((a, b) => a.localeCompare(b)))
    expect(matches).not.toContain('Array')
  })

  it("knows the user's own names, though they are called like members", async () => {
    expect((await kernel.complete('user.⎸')).matches).toEqual(['alpha', 'beta'])
    expect((await kernel.complete('user.beta.⎸')).matches).toEqual(['gamma'])
    expect((await kernel.complete('new Animal().⎸')).matches).toEqual(['speak'])
    expect((await kernel.complete('const mine = { one: 1 }\nmine.⎸')).matches).toEqual(['one'])
    const headers = 'const headers = { "content-type": "a", plain: 1 }\nheaders'
    expect((await kernel.complete(`${headers}.⎸`)).matches).toEqual(['plain'])
    expect((await kernel.complete(`${headers}["⎸"]`)).matches).toEqual(['content-type', 'plain'])
    expect((await kernel.complete('nir.⎸')).matches[0]).toBe('arms') // not problems or sweep
  })

  it('replaces the name that is typed, after characters outside the BMP too', async () => {
    expect(await first("const face = '\u{1f600}'; nir.captu⎸")).toEqual(['captu', 'capture'])
    expect(await first('sweep.\n  cha⎸')).toEqual(['cha', 'chart'])
  })

  it('puts the inner members of frames last', async () => {
    const { matches } = await kernel.complete('sweep.frame().⎸')
    expect(matches.indexOf('head')).toBeLessThan(matches.findIndex((name) => name.startsWith('$')))
  })
})

describe('completion of names', () => {
  it("has the notebook's own first and keywords last", async () => {
    const { matches } = await kernel.complete('⎸')
    expect(matches.slice(0, 12)).toEqual(
      expect.arrayContaining(['nir', 'display', 'sh', 'time', 'sweep', 'user', 'greet']),
    )
    expect(matches.indexOf('while')).toBeGreaterThan(matches.indexOf('console'))
    expect((await kernel.complete('con⎸')).matches[0]).toBe('console')
  })
})

describe('completion inside strings', () => {
  it.each([
    ["await nir.sweep({ problems, layers: ['or⎸", 'or', 'original'],
    ["await nir.sweep({ problems, layers: [1, 'or⎸'] })", 'or', 'original'],
    ["nir.sweep({ problems, mapping: '⎸' })", '', 'described'],
    ["nir.problems('emb⎸", 'emb', 'embedded'],
    ['nir.problems("emb⎸")', 'emb', 'embedded'],
    ['nir.problems(`emb⎸`)', 'emb', 'embedded'],
    ["sweep.table('co⎸')", 'co', 'code_quality'],
    ["sweep.chart('pas⎸)", 'pas', 'passed'],
    ["sweep.chart('cyclo⎸matic')", 'cyclomatic', 'cyclomatic_complexity'],
    ["sweep.profile(['passed', 'maint⎸'])", 'maint', 'maintainability_index'],
    ["sweep.frame().column('mean_l⎸')", 'mean_l', 'mean_log_probability'],
    ["sweep.diff(7, 'o⎸", 'o', 'original'],
    ["nir.help('captu⎸')", 'captu', 'capture'],
    ["greet('b⎸')", 'b', 'bob'],
    ["const face = '\u{1f600}'; sweep.chart('PASS⎸')", 'PASS', 'passed'],
    ["import { readFile } from 'node:fs/pro⎸'", 'pro', 'promises'],
  ])('%s', async (code, replaced, match) => {
    expect(await first(code)).toEqual([replaced, match])
  })

  it('lists every metric and table that there is, rates first', async () => {
    const figures = ['tokens', 'mean_log_probability', 'mean_entropy']
    const { matches } = await kernel.complete("sweep.chart('⎸')")
    expect(matches.slice(0, 4)).toEqual(['responds', 'parses', 'passed', 'challenge_passed'])
    expect(new Set(matches.slice(4))).toEqual(
      new Set([...figures, ...THESIS_METRICS, ...STANDARD_METRICS, ...TREE_METRICS]),
    )
    expect((await kernel.complete("sweep.table('⎸')")).matches).toEqual(TABLE_IDS)
  })

  it('offers nothing in a text', async () => {
    expect((await kernel.complete("const text = 'or⎸'")).matches).toEqual([])
    expect((await kernel.complete('await sh`ls ⎸`')).matches).toEqual([])
  })
})

describe('help on a name', () => {
  it('has the signature, the documentation and the example as code', async () => {
    const data = await kernel.inspect("const face = '\u{1f600}'; nir.cap⎸ture('a text')")
    expect(data['text/plain']).toContain(
      'Session.capture(input: Input, options?: CaptureOptions | undefined): Promise<Crv>',
    )
    expect(data['text/plain']).toContain('@throws InputError, ContextSizeError, ClosedError;')
    expect(data['text/markdown']).toContain('@example\n```typescript\nconst crv = await nir.capture(')
    expect(data['text/markdown']).not.toContain('@category')
    expect((await kernel.inspect("nir.capture('a text', ⎸"))['text/plain']).toContain('Session.capture')
    expect((await kernel.inspect('await sh⎸`ls`'))['text/plain']).toContain('POSIX shell')
  })
})

describe('type errors', () => {
  const traceback = async (code: string) =>
    ((await kernel.run(code)).reply['traceback'] as string[]).join('\n')

  it('mark what is wrong, under tabs and wide characters', async () => {
    expect(await traceback("nir.generate('x', {\n\tmaxTokens: 'many',\n})")).toBe(
      "cell:2:2 - TS2322: Type 'string' is not assignable to type 'number'.\n    \tmaxTokens: 'many',\n    \t~~~~~~~~~",
    )
    const [, line, mark] = (await traceback("const 名 = '\u{1f600}'; greet(名, 1)")).split('\n')
    // A wide space stands under each wide character.
    expect(mark).toBe(
      line!
        .replace(/[名\u{1f600}]/gu, '\u3000')
        .replace(/1\)$/, '~')
        .replace(/[^\u3000~]/g, ' '),
    )
  })

  it('mark the first line of what spans several', async () => {
    expect(await traceback('const list: number[] = [\n  1,\n  {\n    three: 3,\n  },\n]')).toContain(
      "cell:3:3 - TS2322: Type '{ three: number; }' is not assignable to type 'number'.\n      {\n      ~",
    )
  })

  it('give the reasons beneath each other, once', async () => {
    expect(await traceback("const source = { a: { b: 'x' } }; const t: { a: { b: number } } = source")).toBe(
      [
        "cell:1:41 - TS2322: Type '{ a: { b: string; }; }' is not assignable to type '{ a: { b: number; }; }'.",
        "  The types of 'a.b' are incompatible between these types.",
        "    Type 'string' is not assignable to type 'number'.",
        "    const source = { a: { b: 'x' } }; const t: { a: { b: number } } = source",
        '                                            ~',
      ].join('\n'),
    )
  })
})

describe('errors of nir', () => {
  const traceback = async (code: string) =>
    ((await kernel.run(code)).reply['traceback'] as string[]).join('\n')

  it('print their remedy, at the line of the cell, without our frames', async () => {
    const trace = await traceback("// layers\nawait nir.capture('a text', { layers: [99] })")
    expect(trace).toContain(
      'InputError: layers is 99; expected a whole number from 0 to 11. Choose a layer from 0 to 11.',
    )
    expect(trace).toContain('> 2 | await nir.capture(')
    expect(trace).not.toContain('/src/')
  })

  it('hide our frames where the error is an accident, too', async () => {
    const trace = await traceback('nir.prompt(undefined as any)')
    expect(trace).toMatch(
      /^TypeError: Cannot read .*\n {2}> 1 \| nir\.prompt\(undefined as any\)\n.*\n {4}at In\[\d+\]:1:5$/,
    )
  })

  it('show where a callback threw, also as the cause', async () => {
    const own = await traceback("await nir.generate('def f(', { onToken() { throw new Error('mine') } })")
    expect(own).toMatch(/^Error: mine\n {2}> 1 \|/)
    expect(own).not.toContain('/src/')
    const caused = await traceback(
      "await nir.sweep({ problems: await nir.problems('embedded', { limit: 1 }), layers: ['original'],\n  onProgress() { throw new TypeError('mine') } })",
    )
    expect(caused).toMatch(/caused by TypeError: mine\n {4}at .*onProgress \(In\[\d+\]:2:\d+\)/)
  })
})
