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
  ProblemOptionError,
  ProblemSourceError,
} from '../../src/problems/index.js'

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

  test("HumanEval's, compressed", async () => {
    const row = {
      task_id: 'HumanEval/12',
      prompt: 'def f(x):\n    """Add one."""\n',
      entry_point: 'f',
      canonical_solution: '    return x + 1\n',
      test: '\n\ndef check(candidate):\n    assert candidate(1) == 2\n',
    }
    const [problem] = await loadProblems(await file('human.jsonl.gz', gzipSync(`${JSON.stringify(row)}\n`)))
    expect(problem).toMatchObject({
      task_id: 12,
      text: row.prompt,
      code: 'def f(x):\n    """Add one."""\n    return x + 1\n',
      test_list: ['def check(candidate):\n    assert candidate(1) == 2\n\ncheck(f)'],
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

  test('a limit that is no count', async () => {
    await expect(loadProblems('embedded', { limit: -1 })).rejects.toThrow(ProblemOptionError)
    await expect(loadProblems('embedded', { limit: 1.5 })).rejects.toThrow(/limit is 1.5/)
  })
})
