import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestKernel } from './session.js'

let kernel: TestKernel
beforeAll(async () => {
  kernel = await TestKernel.start()
})
afterAll(() => kernel.stop())

async function value(code: string): Promise<string | undefined> {
  const { reply, result } = await kernel.run(code)
  expect(reply['traceback'] ?? []).toEqual([])
  return result
}

describe('a later cell declares a name anew', () => {
  it.each([
    ['const', 'const it1 = 1\nit1', '1', 'const it1 = "a"\nit1', "'a'"],
    ['let', 'let it2 = 1\nit2', '1', 'let it2: string[] = []\nit2', '[]'],
    ['const after let', 'let it3 = 1\nit3', '1', 'const it3 = { a: 1 }\nit3.a', '1'],
    [
      'a function',
      'function it4() { return 1 }\nit4()',
      '1',
      'function it4(a: string) { return a }\nit4("b")',
      "'b'",
    ],
    ['a variable over a function', 'function it5() { return 1 }\nit5()', '1', 'const it5 = 5\nit5', '5'],
    ['a class', 'class It6 { a = 1 }\nnew It6().a', '1', 'class It6 { b = "c" }\nnew It6().b', "'c'"],
    ['an enum', 'enum It7 { A, B }\nIt7.B', '1', 'enum It7 { A = "x" }\nIt7.A', "'x'"],
    [
      'a type',
      'type It8 = number\nconst a8: It8 = 1\na8',
      '1',
      'type It8 = string\nconst b8: It8 = "d"\nb8',
      "'d'",
    ],
    [
      'an interface, which does not merge',
      'interface It9 { a: number }\nconst a9: It9 = { a: 1 }\na9.a',
      '1',
      'interface It9 { b: string }\nconst b9: It9 = { b: "e" }\nb9.b',
      "'e'",
    ],
    [
      'an import',
      'import { basename as it10 } from "node:path"\nit10("/a/b")',
      "'b'",
      'import { dirname as it10 } from "node:path"\nit10("/a/b")',
      "'/a'",
    ],
    [
      'destructured',
      'const { it11, rest11 } = { it11: 1, rest11: 2 }\nit11',
      '1',
      'const [it11] = ["f"]\nit11',
      "'f'",
    ],
    ['a name of the prelude', 'const clear = 1\nclear', '1', 'const input = "g"\ninput', "'g'"],
  ])('%s', async (_, first, before, second, after) => {
    expect(await value(first)).toBe(before)
    expect(await value(second)).toBe(after)
  })
})

describe('a variable that a later cell declares anew', () => {
  it('is out of reach of the functions that hold the earlier one', async () => {
    await value(
      'let tally = 1\nconst functions = [() => tally++, () => ++tally, () => (tally += 1), () => ([tally] = [7])[0]]',
    )
    expect(await value('tally = 20; [...functions.map((one) => one()), tally]')).toBe('[ 20, 22, 23, 7, 7 ]')
    await value('let tally = 10')
    expect(await value('[...functions.map((one) => one()), tally]')).toBe('[ 7, 9, 10, 7, 10 ]')
  })
})

describe('what is written as for a file', () => {
  it('loses its exports, and its names are known to later cells', async () => {
    await value(
      'export const shared = 4\nexport default function named() { return shared }\nexport type Text = string\nexport interface Row { id: number }\nexport abstract class Base { x = 1 }\nexport async function later() { return 5 }\nexport { shared as other, type Row as Line }',
    )
    expect(
      await value('const text: Text = "a", row: Row = { id: named() }\n;[text, row, shared, await later()]'),
    ).toBe("[ 'a', { id: 4 }, 4, 5 ]")
    expect(await value('export default 6')).toBe('6')
  })

  it('says the place of an error as it was written', async () => {
    const { reply } = await kernel.run('export const wrong: number = "a"')
    expect(reply['traceback']).toEqual([
      expect.stringMatching(/^cell:1:14 - TS2322.*\n {4}export const wrong/),
    ])
  })

  it('may add to global types', async () => {
    await value(
      'declare global { interface Array<T> { third(): T } }\nArray.prototype.third = function () { return this[2] }',
    )
    expect(await value('[1, 2, 3].third()')).toBe('3')
  })
})

describe('awaits at the top level', () => {
  it.each([
    ['in brackets', 'await (Promise.resolve(1))', '1'],
    [
      'of a bracketed expression',
      'const one = await (async () => 1)(); one + (await (Promise.resolve(1)))',
      '2',
    ],
    [
      'in a for await',
      'let sum = 0; for await (const x of (async function* () { yield 1; yield 2 })()) sum += x; sum',
      '3',
    ],
    ['in a destructuring', 'const { a: [first] } = await Promise.resolve({ a: [4] }); first', '4'],
    ['in a class member', 'class Late { static value = 5 }; (await Promise.resolve(Late)).value', '5'],
    ['in a condition', '(await Promise.resolve(true)) ? 6 : 0', '6'],
    ['in a template', '`${await Promise.resolve(7)}`', "'7'"],
    [
      'in a try',
      'let caught = ""; try { await Promise.reject(new Error("no")) } catch (e) { caught = e.message } caught',
      "'no'",
    ],
  ])('%s', async (_, code, result) => {
    expect(await value(code)).toBe(result)
  })
})

describe('errors after the end of a cell', () => {
  it('are shown with the line of the cell that caused them, and the kernel lives', async () => {
    let stderr = ''
    const { reply } = await kernel.run(
      'setTimeout(() => {\n  throw new Error("thrown late")\n}, 50)\nvoid (async () => {\n  await null\n  throw new Error("rejected late")\n})()',
      (_, { name, text }) => (stderr += name === 'stderr' ? String(text) : ''),
    )
    const label = `In[${String(reply['execution_count'])}]`
    await kernel.run('await new Promise((resolve) => setTimeout(resolve, 500))')
    expect(stderr).toContain('Uncaught error outside a cell: Error: thrown late')
    expect(stderr).toContain(`${label}:2:9`)
    expect(stderr).toContain('rejected late')
    expect(await value('1 + 1')).toBe('2')
  })
})
