import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEvaluator, type Evaluator, type ProgramResult } from '../../src/evaluation/index.js'
import { needsSandbox } from './helpers/requirements.js'

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator()
})
afterAll(() => evaluator.close())
beforeEach((context) => needsSandbox(context, evaluator))

async function run(code: string, ...tests: string[]): Promise<ProgramResult> {
  const [result] = await evaluator.run([{ code, tests }], { cpuSeconds: 1, wallSeconds: 3 })
  return result!
}

describe('outcomes are told apart', () => {
  const cases: [outcome: string, message: string | RegExp | null, code: string][] = [
    ['passed', null, 'def f(x):\n    return x + 1'],
    ['failed', 'assert f(1) == 2 (got 1)', 'def f(x):\n    return x'],
    ['exception', 'ZeroDivisionError: division by zero', 'def f(x):\n    return x / 0'],
    ['exception', "NameError: name 'y' is not defined", 'y\ndef f(x):\n    return x'],
    ['exception', /RecursionError/, 'def f(x):\n    return f(x)'],
    ['exception', "SyntaxError: 'return' outside function (<program>, line 1)", 'return 1'],
    ['timeout', 'over 1 s of CPU time', 'def f(x):\n    while True: pass'],
    ['timeout', 'no answer within 3 s', 'import time\ndef f(x):\n    time.sleep(60)'],
    ['memory', 'MemoryError', 'def f(x):\n    return [0] * 10**10'],
    ['crashed', /status 0/, 'import os\nos._exit(0)'],
    ['crashed', /SIGSEGV/, 'import ctypes\nctypes.string_at(0)'],
    ['no function', 'f is not defined', 'def g(x):\n    return x'],
    ['does not parse', /line 1/, 'def f(x)\n    return x'],
    ['does not parse', /null byte/, 'def f(x):\n    return 2\0'],
  ]
  test.each(cases)('%s (%s)', async (outcome, message, code) => {
    const result = await run(code, 'assert f(1) == 2')
    expect(result.outcome).toBe(outcome)
    expect(result.passed).toBe(outcome === 'passed')
    if (message instanceof RegExp) expect(result.message).toMatch(message)
    else expect(result.message).toBe(message)
  })

  test('no code has no function; no tests are not run', async () => {
    const [noCode, noTests] = await evaluator.run([
      { code: null, tests: ['assert f(1) == 2'] },
      { code: 'def f(x):\n    return x', tests: [] },
    ])
    expect(noCode).toMatchObject({ outcome: 'no function', passed: false })
    expect(noTests).toMatchObject({ outcome: null, passed: null })
  })
})

test('challenge tests run where the tests pass, and change no outcome', async () => {
  const tests = ['assert f(1) == 1']
  const code = (rest: string) => `def f(x):\n    if x > 1: ${rest}\n    return x`
  const results = await evaluator.run(
    [
      { code: code('return x'), tests, challengeTests: ['assert f(2) == 2'] },
      { code: code('return 0'), tests, challengeTests: ['assert f(2) == 2'] },
      { code: code('import os; os._exit(0)'), tests, challengeTests: ['assert f(2) == 2'] },
      { code: 'def f(x):\n    return 2', tests, challengeTests: ['assert f(2) == 2'] },
      { code: code('return x'), tests },
    ],
    { cpuSeconds: 1, wallSeconds: 3 },
  )
  expect(results.map(({ outcome, challengePassed }) => [outcome, challengePassed])).toEqual([
    ['passed', true],
    ['passed', false],
    ['passed', false],
    ['failed', null],
    ['passed', null],
  ])
})

test('results keep the order of the programs', async () => {
  const values = Array.from({ length: 20 }, (_, index) => index)
  const results = await evaluator.run(
    values.map((value) => ({
      code: `def f():\n    return ${value}`,
      tests: [`assert f() % 2 == 0, ${value}`],
    })),
  )
  expect(results.map(({ message }) => message)).toEqual(
    values.map((value) => (value % 2 ? `assert f() % 2 == 0, ${value}: ${value} (got 1)` : null)),
  )
})

describe('values cross between the program and the tests', () => {
  const same: string[] = [
    'None',
    'True',
    '2**100',
    '-1.5e300',
    "float('inf')",
    '3+4j',
    "'\\ud800 é'",
    "b'\\x00\\xff'",
    '[1, (2, [3]), {4}, frozenset([5])]',
    "{'a': [1], (1, 2): {3: 4}}",
    'range(3)',
    '...',
    '{1: 2}.keys()',
    '__import__("decimal").Decimal("1.10")',
    '__import__("fractions").Fraction(1, 3)',
    '__import__("collections").Counter("aab")',
    '__import__("collections").OrderedDict(a=1)',
    '__import__("collections").deque([1, 2], 3)',
    '__import__("datetime").datetime(2024, 2, 29, 12)',
    '__import__("datetime").timedelta(days=1)',
    'int',
  ]
  test.each(same)('%s', async (value) => {
    const result = await run(
      `def f(x):\n    return x\ndef g():\n    return ${value}`,
      `assert f(${value}) == ${value} and type(f(${value})) is type(${value})`,
      `assert g() == ${value}`,
    )
    expect(result).toMatchObject({ outcome: 'passed' })
  })

  const programs: [name: string, code: string, tests: string[]][] = [
    ['a changed argument', 'def f(x):\n    x.sort()', ['a = [2, 1]\nf(a)\nassert a == [1, 2]']],
    ['an argument returned', 'def f(x):\n    return x', ['a = []\nassert f(a) is a']],
    ['a generator', 'def f():\n    yield from (1, 2)', ['assert list(f()) == [1, 2]']],
    [
      'an endless generator',
      'import itertools\ndef f():\n    return itertools.count()',
      ['assert next(f()) == 0'],
    ],
    ['a map', 'def f(x):\n    return map(str, x)', ["assert list(f([1])) == ['1']"]],
    [
      'a named tuple',
      'from collections import namedtuple\nP = namedtuple("P", "x y")\ndef f():\n    return P(1, 2)',
      ['assert f() == (1, 2)'],
    ],
    [
      'a default dictionary',
      'from collections import defaultdict\ndef f():\n    d = defaultdict(list)\n    d[1].append(2)\n    return d',
      ['assert f() == {1: [2]}'],
    ],
    [
      'a function given',
      'def f(g, x):\n    return g(x)',
      ['assert f(lambda x: x + 1, 1) == 2', 'assert f(len, [1]) == 1'],
    ],
    ['a function returned', 'def f(a):\n    return lambda b: a + b', ['assert f(1)(2) == 3']],
    [
      'an iterator given',
      'def f(x):\n    return sum(x)',
      ['assert f(iter([1, 2])) == 3', 'assert f(i for i in [1]) == 1'],
    ],
    [
      'a class',
      'class C:\n    def __init__(self, x):\n        self.x = x\n    def twice(self):\n        return self.x * 2',
      [
        'c = C(2)\nassert c.twice() == 4 and c.x == 2',
        'c = C(1)\nc.x = 5\nassert c.twice() == 10',
        'assert isinstance(C(1), C)',
      ],
    ],
    [
      'objects compared by the program',
      'class C:\n    def __init__(self, x):\n        self.x = x\n    def __eq__(self, o):\n        return self.x == o.x',
      ['assert C(1) == C(1)', 'assert not C(1) == C(2)'],
    ],
    [
      'an expected exception',
      'def f(x):\n    raise ValueError("no")',
      ['try:\n    f(1)\n    assert False\nexcept ValueError as error:\n    assert str(error) == "no"'],
    ],
    [
      'a module that the program imported',
      'import math\ndef f():\n    return 0.1 + 0.2',
      ['assert math.isclose(f(), 0.3)'],
    ],
    ['a function named as a builtin', 'def sum(a, b):\n    return a + b', ['assert sum(1, 2) == 3']],
    ['a function named check', 'def check(n):\n    return n', ['assert check(1) == 1']],
    [
      'a test of several statements',
      'def f(x):\n    return x',
      ['def check(candidate):\n    assert candidate(1) == 1\n\ncheck(f)'],
    ],
    ['arguments by name', 'def f(a, b):\n    return a - b', ['assert f(b=1, a=3) == 2']],
  ]
  test.each(programs)('%s', async (_, code, tests) => {
    expect(await run(code, ...tests)).toMatchObject({ outcome: 'passed' })
  })
})

test('what was got is shown where there is one left side', async () => {
  const code =
    'class C:\n    def __repr__(self):\n        return "a C"\ndef f(x):\n    return x\ndef g():\n    return 10 ** 5000'
  const message = async (...tests: string[]) => (await run(code, ...tests)).message
  expect(await message('assert f([1]) == [2], "no"')).toBe('assert f([1]) == [2], "no": no (got [1])')
  expect(await message('assert C() == 1')).toBe('assert C() == 1 (got a C)')
  expect(await message('assert f(1) < 3 < 2')).toBe('assert f(1) < 3 < 2')
  expect(await message('assert f(1) == 1; assert not f(1)')).toBe('assert f(1) == 1; assert not f(1)')
  expect(await message('for i in [1]:\n    assert f(i) == 2')).toBe('for i in [1]:\n    assert f(i) == 2')
  expect(await message('assert f(1) == 1\nfor i in [1]:\n    assert f(i) == 2')).not.toContain('got')
  expect(await message('assert g() == 1')).toMatch(/^assert g\(\) == 1/)
})

describe('imports and setup', () => {
  test('imports serve the tests and the program', async () => {
    const [result] = await evaluator.run([
      {
        code: 'def f(x):\n    return math.sqrt(x)',
        imports: ['import math'],
        tests: ['assert math.isclose(f(4), 2)'],
      },
    ])
    expect(result).toMatchObject({ outcome: 'passed' })
  })

  test('setup may use what the program defines', async () => {
    const code =
      'class Node:\n    def __init__(self, v):\n        self.v, self.next = v, None\ndef f(n):\n    return [n.v, n.next.v]'
    const setup = 'root = Node(1)\nroot.next = Node(2)'
    const [result] = await evaluator.run([{ code, setup, tests: ['assert f(root) == [1, 2]'] }])
    expect(result).toMatchObject({ outcome: 'passed' })
  })

  test('setup may define a class of its own', async () => {
    const setup = 'class Node:\n    def __init__(self, v):\n        self.v = v'
    const program = { setup, tests: ['assert f(Node(1)) == 1'] }
    const results = await evaluator.run([
      { ...program, code: 'def f(n):\n    return n.v' },
      { ...program, code: 'def f(n):\n    return 2' },
    ])
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
  })

  test('setup may give the program an object of its own', async () => {
    const setup = 'class Node:\n    def __init__(self, v):\n        self.v = v\nn = Node(1)\nresult = f(n)'
    const program = { setup, tests: ['assert result == 1'] }
    const results = await evaluator.run([
      { ...program, code: 'def f(n):\n    return n.v' },
      { ...program, code: 'def f(n):\n    return 2' },
    ])
    expect(results.map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
  })
})
