import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  loadProblems,
  ProblemFormatError,
  ProblemHashError,
  ProblemOptionError,
  ProblemSourceError,
} from '../../src/problems/index.js'
import { needs } from '../evaluation/helpers/requirements.js'

const SANITIZED = fileURLToPath(new URL('../../../shared/mbpp/sanitized-mbpp.json', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nir-problems-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const FULL = {
  task_id: 7,
  text: 'Add one.',
  code: 'def f(x):\r\n  return x + 1\r\n',
  test_list: ['assert f(1) == 2'],
  test_setup_code: 'import math\r\n',
  challenge_test_list: ['assert f(-1) == 0'],
}
const SANITIZED_ROW = {
  source_file: 'x.ipynb',
  task_id: 8,
  prompt: 'Add two.',
  code: 'def f(x):\n  return x + 2',
  test_imports: ['import math', 'import re'],
  test_list: ['assert f(1) == 3'],
}

describe('layouts', () => {
  test("MBPP's full one, with line feeds only", async () => {
    expect(await loadProblems(await file('full.jsonl', `${JSON.stringify(FULL)}\r\n\r\n`))).toEqual([
      { ...FULL, code: 'def f(x):\n  return x + 1\n', test_setup_code: 'import math\n' },
    ])
  })

  test("MBPP's sanitized one, with test_imports in test_setup_code", async () => {
    expect(await loadProblems(await file('sanitized.json', JSON.stringify([SANITIZED_ROW])))).toEqual([
      {
        task_id: 8,
        text: 'Add two.',
        code: SANITIZED_ROW.code,
        test_list: SANITIZED_ROW.test_list,
        test_setup_code: 'import math\nimport re',
        challenge_test_list: [],
      },
    ])
  })

  test("HumanEval's, compressed: asserts of the function itself, and what stands before it as setup", async () => {
    const row = {
      task_id: 'HumanEval/12',
      prompt: 'from typing import List\n\n\ndef f(x: List):\n    """Add one."""\n',
      entry_point: 'f',
      canonical_solution: '    return x + 1\n',
      test: "\n\nMETADATA = {\n    'author': 'x'\n}\n\n\ndef check(candidate):\n    # Simple.\n    assert candidate(1) == 2\n    assert True, 'no'\n\n    assert candidate([\"candidates\"]) == 3\n\n",
    }
    const [problem] = await loadProblems(await file('human.jsonl.gz', gzipSync(`${JSON.stringify(row)}\n`)))
    expect(problem).toEqual({
      task_id: 12,
      text: row.prompt,
      code: `${row.prompt}    return x + 1\n`,
      test_list: ['assert f(1) == 2', "assert True, 'no'", 'assert f(["candidates"]) == 3'],
      test_setup_code: 'from typing import List',
      challenge_test_list: [],
    })
  })

  test.each([
    [
      'with a loop',
      '    for x in [1]:\n        assert candidate(x) == 2\n',
      'for x in [1]:\n    assert f(x) == 2',
    ],
    ['that returns', '    assert candidate(1)\n    return\n', null],
    ['in several lines', '    assert candidate(\n  1)\n', null],
  ])("HumanEval's tests %s", async (_, body, expected) => {
    const test = `def check(candidate):\n${body}`
    const row = { task_id: 1, prompt: 'def f(x):\n', entry_point: 'f', canonical_solution: ' pass', test }
    const [problem] = await loadProblems(await file('body.jsonl', JSON.stringify(row)))
    expect(problem!.test_list).toEqual([expected ?? `${test.trim()}\n\ncheck(f)`])
  })

  describe('CSV', () => {
    const columns = { task_id: 'id', text: 'question', code: 'solution', test_list: 'tests' }
    const table = (tests: string) =>
      `id,question,solution,tests\r\n7,"Add, ""one"".","def f(x):\n  return x + 1",${tests}\r\n`
    const expected = {
      task_id: 7,
      text: 'Add, "one".',
      code: 'def f(x):\n  return x + 1',
      test_setup_code: '',
    }

    test.each([
      [
        'a JSON array',
        '"[""assert f(1) == 2"", ""assert f(\'a\\n\')""]"',
        ['assert f(1) == 2', "assert f('a\n')"],
      ],
      [
        "pandas' list",
        `"['assert f(1) == 2', ""assert f('\\\\n')""]"`,
        ['assert f(1) == 2', "assert f('\\n')"],
      ],
      ["numpy's list", `"['assert f(1) == 2'\n 'assert g(\\'x\\')']"`, ['assert f(1) == 2', "assert g('x')"]],
      ['one test', 'assert f(1) == 2', ['assert f(1) == 2']],
      ['statements of several lines', '"x = [1]\nassert f(1) == 2"', ['x = [1]\nassert f(1) == 2']],
      ['a text in brackets that is no list', '[f(x) for x in y]', ['[f(x) for x in y]']],
    ])('with %s for the tests', async (_, tests, test_list) => {
      const path = await file('own.csv', `\ufeff${table(tests)}`)
      expect(await loadProblems(path, { columns })).toMatchObject([{ ...expected, test_list }])
    })

    test('as Python writes it', async (context) => {
      const script =
        'import csv, json, sys; w = csv.writer(sys.stdout); [w.writerow(r) for r in json.loads(sys.argv[1])]'
      const awkward = ['a,"b"\n,c', '"', ' x ', 'é\r\ny', "['", "']"]
      const rows = [
        ['task_id', 'text', 'code', 'test_list'],
        ...awkward.map((text, i) => [i, text, text, text]),
      ]
      const { status, stdout } = spawnSync('python3', ['-X', 'utf8', '-c', script, JSON.stringify(rows)], {
        encoding: 'utf8',
      })
      needs(context, status === 0, 'python3 is not there')
      const problems = await loadProblems(await file('python.csv', stdout))
      expect(problems.map(({ text }) => text)).toEqual(awkward.map((text) => text.replaceAll('\r\n', '\n')))
      expect(problems.map(({ test_list }) => test_list)).toEqual(problems.map(({ text }) => [text]))
    })

    test.each([
      [
        'a cell too many',
        'id,question,solution,tests\n\n1,"a\nb",c,d,e\n',
        3,
        /found 5 cells; the header has 4/,
      ],
      ['an open quote', 'id,question,solution,tests\n1,"a,b,c\n', null, /not CSV: line 2/],
      [
        'an empty cell',
        'id,question,solution,tests\n1,,c,d\n',
        2,
        /"question": found nothing; expected text/,
      ],
    ])('%s is an error', async (_, content, row, message) => {
      const error = await loadProblems(await file('bad.csv', content), { columns }).catch(
        (reason: unknown) => reason,
      )
      expect(error).toMatchObject({ code: 'PROBLEM_FORMAT', row })
      expect((error as Error).message).toMatch(message)
    })
  })

  test('your own names for the fields', async () => {
    const row = { id: 1, question: 'Add one.', solution: 'def f(x): ...', tests: ['assert f'] }
    const columns = { task_id: 'id', text: 'question', code: 'solution', test_list: 'tests' }
    expect(await loadProblems(await file('own.jsonl', JSON.stringify(row)), { columns })).toMatchObject([
      { task_id: 1, text: 'Add one.', code: 'def f(x): ...', test_list: ['assert f'], test_setup_code: '' },
    ])
  })

  test('a file that begins with a byte order mark', async () => {
    expect(await loadProblems(await file('bom.jsonl', `\ufeff${JSON.stringify(FULL)}`))).toHaveLength(1)
  })

  test('a limit takes the first', async () => {
    const path = await file('two.json', JSON.stringify([FULL, SANITIZED_ROW]))
    expect((await loadProblems(path, { limit: 1 })).map(({ task_id }) => task_id)).toEqual([7])
    expect(await loadProblems(path, { limit: 0 })).toEqual([])
  })

  test('the bundled set', async () => {
    const problems = await loadProblems('embedded')
    expect(problems.length).toBeGreaterThanOrEqual(200)
    expect(new Set(problems.map(({ task_id }) => task_id)).size).toBe(problems.length)
    for (const { test_list } of problems) expect(test_list.length).toBeGreaterThan(0)
  })

  test('sanitized MBPP as it was published', async (context) => {
    if (!existsSync(SANITIZED)) {
      console.warn(`skipped: ${SANITIZED} is absent (it is not part of the repository)`)
      return context.skip()
    }
    const problems = await loadProblems(SANITIZED)
    expect(problems).toHaveLength(427)
    expect(problems.filter(({ test_setup_code }) => test_setup_code !== '')).toHaveLength(13)
  })
})

describe('errors name the place', () => {
  const cases: [name: string, content: string, row: number | null, field: string | null, message: RegExp][] =
    [
      ['a line that is not JSON', `${JSON.stringify(FULL)}\n{"task_id": 1,`, 2, null, /not JSON/],
      ['an array that is not JSON', '[{]', null, null, /not JSON/],
      ['a row that is no object', '[1]', 1, null, /expected a JSON object/],
      [
        'a missing field',
        JSON.stringify({ ...FULL, code: undefined }),
        1,
        'code',
        /found nothing; expected text/,
      ],
      ['no text and no prompt', JSON.stringify({ ...FULL, text: undefined }), 1, 'text', /found nothing/],
      [
        'a text for a list',
        JSON.stringify({ ...FULL, test_list: 'assert f' }),
        1,
        'test_list',
        /found "assert f"; expected a list of texts/,
      ],
      ['a list of numbers', JSON.stringify({ ...FULL, test_list: [1] }), 1, 'test_list', /found \[1\]/],
      [
        'a broken number',
        `${JSON.stringify(FULL)}\n\n${JSON.stringify({ ...FULL, task_id: 1.5 })}`,
        3,
        'task_id',
        /found 1.5; expected a whole number/,
      ],
      [
        'a number for a text',
        JSON.stringify({ ...FULL, test_setup_code: 1 }),
        1,
        'test_setup_code',
        /found 1; expected text/,
      ],
    ]
  test.each(cases)('%s', async (_, content, row, field, message) => {
    const path = await file('bad.json', content)
    const error = await loadProblems(path).then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ProblemFormatError)
    expect(error).toMatchObject({ source: path, row, field, code: 'PROBLEM_FORMAT' })
    expect((error as Error).message).toMatch(message)
  })

  test('a source that is neither a name nor a file', async () => {
    await expect(loadProblems(join(folder, 'none.jsonl'))).rejects.toThrow(ProblemSourceError)
    await expect(loadProblems('mbpp-sanitised')).rejects.toThrow(/mbpp-sanitized/)
  })

  test('a file of another hash', async () => {
    const path = await file('pinned.jsonl', JSON.stringify(FULL))
    const sha256 = createHash('sha256').update(JSON.stringify(FULL)).digest('hex')
    expect(await loadProblems(path, { sha256 })).toHaveLength(1)
    await expect(loadProblems(path, { sha256: '0'.repeat(64) })).rejects.toThrow(ProblemHashError)
  })

  test('a limit that is no count', async () => {
    await expect(loadProblems('embedded', { limit: -1 })).rejects.toThrow(ProblemOptionError)
    await expect(loadProblems('embedded', { limit: 1.5 })).rejects.toThrow(/limit is 1.5/)
  })
})
