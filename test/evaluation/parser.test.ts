import { execFileSync } from 'node:child_process'
import { writeFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CPythonParser } from '../../src/evaluation/python/parser.js'
import { treeShape } from '../../src/evaluation/tree/shape.js'
import { findParser } from '../../src/evaluation/python/find.js'
import { pythonScript } from '../../src/evaluation/python/script.js'
import { needs } from './helpers/requirements.js'

let python: string | null
let parser: CPythonParser
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nir-parser-'))
  const found = (await findParser()).parser
  python = found instanceof CPythonParser ? found.python : null
  if (found instanceof CPythonParser) parser = found
})
afterAll(async () => {
  await parser?.close()
  rmSync(folder, { recursive: true })
})

const REASON = 'No python3 on PATH: install Python 3.8 or later.'

/** Deletes, doubles and swaps characters and lines of valid code: about half of what comes out is invalid. */
function mutants(source: string, count: number, seed: number): string[] {
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length: count }, () => {
    const at = next(source.length)
    const kinds = [
      () => source.slice(0, at) + source.slice(at + 1),
      () => source.slice(0, at) + source[at] + source.slice(at),
      () => source.slice(0, at),
      () => source.slice(0, at) + '()[]{}:;,=\n\t "\'\\#@'[next(18)] + source.slice(at),
      () => source.replace(/^ {4}/m, ''),
    ]
    return kinds[next(kinds.length)]!()
  })
}

const SOURCE = `import math\n\n@dec\ndef f(a, *b, c=1, **d) -> int:\n    """Doc."""\n    x = [i for i in range(a) if i % 2]\n    try:\n        with open(a) as g, h:\n            yield g[1:2, ...]\n    except (A, B) as e:\n        raise e from None\n    else:\n        x += f"{a!r:>{c}}" "b" and not c\n    return lambda y: (y := {1: 2, **d}) if a else {*b}\n\nclass C(D, metaclass=E):\n    x: int = 0\n    async def m(self):\n        async for i in self:\n            await i\n`

test('says what CPython says, of 2,000 mutants', async (context) => {
  needs(context, python !== null, REASON)
  const sources = mutants(SOURCE, 2000, 7)
  const script =
    'import ast, json, sys, warnings\nwarnings.simplefilter("ignore")\ndef ok(s):\n    try:\n        ast.parse(s)\n        return True\n    except (SyntaxError, ValueError):\n        return False\njson.dump([ok(s) for s in json.load(sys.stdin)], sys.stdout)'
  const expected = JSON.parse(
    execFileSync(python!, ['-c', script], { input: JSON.stringify(sources), encoding: 'utf8' }),
  ) as boolean[]
  expect(expected.filter((valid) => !valid).length).toBeGreaterThan(500)
  expect(await parser.check(sources)).toEqual(expected)
  expect((await parser.parse(sources)).map(({ tree }) => tree !== null)).toEqual(expected)
})

test('counts the nodes that ast.walk visits, and the depth', async (context) => {
  needs(context, python !== null, REASON)
  const script =
    'import ast, sys\nt = ast.parse(sys.stdin.read())\ndepth = lambda n: 1 + max(map(depth, ast.iter_child_nodes(n)), default=0)\nprint(len(list(ast.walk(t))), depth(t))'
  const output = execFileSync(python!, ['-c', script], { input: SOURCE, encoding: 'utf8' })
  const [result] = await parser.parse([SOURCE])
  const { nodes, depth } = treeShape(result!.tree!)
  expect(`${nodes} ${depth}`).toBe(output.trim())
})

test.for([
  ['NUL bytes', 'x = 1\0'],
  ['half a character', 'x = "\ud800"'],
  ['nesting', '('.repeat(100_000)],
  ['signs', `${'-'.repeat(100_000)}1`],
  ['a long sum', `${'1+'.repeat(100_000)}1`],
])('%s: an answer, and the next text is parsed', async ([, source], context) => {
  needs(context, python !== null, REASON)
  const [result] = await parser.parse([source!])
  expect(result!.tree === null || result!.error === null).toBe(true)
  expect(await parser.check(['x = 1'])).toEqual([true])
})

test('a text that ends the child does not parse; the others of its batch do', async (context) => {
  needs(context, python !== null, REASON)
  // Stands in for a CPython that crashes on a text: the parser script with a trap in it.
  const trap = `import os, ast\nreal = ast.parse\ndef parse(source):\n    if 'CRASH' in source:\n        os.kill(os.getpid(), 11)\n    return real(source)\nast.parse = parse\nimport runpy\nrunpy.run_path(${JSON.stringify(pythonScript('python/parser.py'))}, run_name='__main__')\n`
  writeFileSync(join(folder, 'trap.py'), trap)
  writeFileSync(join(folder, 'python'), `#!/bin/sh\nexec ${python} -I -B ${join(folder, 'trap.py')}\n`)
  chmodSync(join(folder, 'python'), 0o755)
  const fragile = await CPythonParser.start(join(folder, 'python'))
  const results = await fragile.parse(['a', 'CRASH', 'b', 'c'])
  expect(results.map(({ tree }) => tree !== null)).toEqual([true, false, true, true])
  expect(results[1]!.error).toMatchObject({ kind: 'Crash' })
  expect(await fragile.check(['a', 'CRASH'])).toEqual([true, false])
  await fragile.close()
})
