import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEvaluator, type Evaluator } from '../../src/evaluation/index.js'
import { needsParser } from './helpers/requirements.js'

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator({ sandbox: false })
})
afterAll(() => evaluator.close())
beforeEach((context) => needsParser(context, evaluator))

const F = 'def f(x):\n    return x'
const G = 'def g(x):\n    return f(x)'

describe('the code of a text', () => {
  const cases: [name: string, text: string, code: string | null][] = [
    ['plain code', F, F],
    ['code without a function', 'f = len\n', 'f = len\n'],
    ['a fenced block', `Here:\n\`\`\`python\n${F}\n\`\`\`\nDone.`, F],
    ['the first of two blocks', `\`\`\`\n${F}\n\`\`\`\nor\n\`\`\`\n${G}\n\`\`\``, F],
    ['a block that is never closed', `Here:\n\`\`\`python\n${F}`, F],
    ['a block that the prompt opened', `${F}\n\`\`\`\nIt returns x.`, F],
    ['a block that the prompt opened, then another', `${F}\n\`\`\`\nUsage:\n\`\`\`python\nf(1)\n\`\`\``, F],
    ['a block after prose, without a language', `I define it for you:\n\`\`\`\n${F}\n\`\`\``, F],
    ['a fence at the end of a sentence', `Here: \`\`\`python\n${F}\n\`\`\``, F],
    ['a fence at the end of the code', `\`\`\`python\n${F}\`\`\`\nDone.`, F],
    ['a fence of the prompt that ends with the code', `${F}\`\`\`\nDone.`, F],
    ['marks within a sentence', `Call \`\`\`f\`\`\`\n\`\`\`\n${F}\n\`\`\``, F],
    ['an indented fence', `1. So:\n   \`\`\`python\n${F}\n   \`\`\``, F],
    [
      'a block with carriage returns',
      `\`\`\`python\r\n${F.replace('\n', '\r\n')}\r\n\`\`\`\r\n`,
      `${F.replace('\n', '\r\n')}\r`,
    ],
    ['a block that does not parse', '```python\ndef f(x)\n    return x\n```', 'def f(x)\n    return x'],
    ['prose before and after', `Sure, here it is.\n\n${F}\n\nThis is it, isn't it.`, F],
    ['prose that parses by chance', `Yes\n\nno, wait a bit\n${F}\n\nand that's it!\nDone`, F],
    ['two functions', `Here are two.\n${F}\n\n${G}\nThat's all.`, `${F}\n\n${G}`],
    [
      'imports and decorators',
      `The code is:\nimport functools\n\n@functools.cache\n${F}\n(that was it`,
      `import functools\n\n@functools.cache\n${F}`,
    ],
    [
      'else and brackets at the margin',
      `So I say.\nif a:\n    x = [\n1,\n]\nelse:\n    x = 2\n${F}\nIs that fine?`,
      F,
    ],
    [
      'a text in quotes over lines',
      `I say so.\ndef f():\n    """\nnot code (\n    """\n    return 1\nIs that fine?`,
      'def f():\n    """\nnot code (\n    """\n    return 1',
    ],
    [
      'a class',
      `My class is this.\nclass C:\n    def m(self):\n        return 1\nIs that fine?`,
      'class C:\n    def m(self):\n        return 1',
    ],
    ['the part before the cut', `I wrote two.\n${F}\ndef g(x):\n    return (x`, F],
    ['a function that does not parse', 'Look at this.\ndef f(x)\n    return x', 'def f(x)\n    return x'],
    ['prose', 'I am sorry, I cannot solve this task.', null],
    ['nothing', '', null],
    ['blanks', ' \n\n', null],
    ['an empty block', '```python\n```', null],
  ]
  test.each(cases)('%s', async (_, text, code) => {
    const [measured] = await evaluator.measure([{ text }])
    expect(measured!.code).toBe(code)
  })
})

test('parses and syntaxError are of the code', async () => {
  const [good, bad, none] = await evaluator.measure([
    { text: F },
    { text: 'def f(x)\n    return x' },
    { text: '' },
  ])
  expect(good).toMatchObject({ parses: true, syntaxError: null })
  expect(bad).toMatchObject({ parses: false, syntaxError: { kind: 'SyntaxError', line: 1 } })
  expect(none).toMatchObject({ code: null, parses: false, syntaxError: null, functions: null })
})

describe('a megabyte of hostile text takes seconds at most', () => {
  const size = 1 << 20
  const fill = (unit: string) => unit.repeat(Math.ceil(size / unit.length))
  test.each([
    ['backticks', fill('`')],
    ['fences', fill('```\n')],
    ['def', fill('def ')],
    ['lines of def', fill('def \n')],
    ['functions', fill('def f(x):\n  return x\n')],
    ['functions that do not parse', fill('def f(x)\n  return x\n')],
    [
      'different functions that do not parse',
      Array.from({ length: 40_000 }, (_, i) => `def f${i}(x)\n return x\n`).join(''),
    ],
    ['round brackets', fill('(')],
    ['square brackets', `def f():\n    return ${fill('[')}`],
    [
      'nested brackets',
      `def f():\n    return ${fill('[').slice(0, 90)}1${fill(']').slice(0, 90)}\n${fill('{[(')}`,
    ],
    ['quotes', fill('"""')],
    ['one quote a line', fill("don't\n")],
    ['backslashes', fill('\\\n')],
    ['blanks', `def f():${fill(' ')}x`],
    ['def, then blanks', fill('def').slice(0, 1000) + fill(' ')],
    ['words', fill('word ')],
    ['indents', Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}if x:\n`).join('')],
    ['minus signs', `def f(): return ${fill('-')}1`],
    ['digits', `def f(): return ${fill('9')}`],
    ['sums', `def f(): return ${fill('1+')}1`],
    ['comments', fill('# def f\n')],
    ['NUL bytes', `def f(): return 1${fill('\0')}`],
    ['carriage returns', fill('def f():\r')],
    ['half characters', `def f(): return "${fill('\ud800')}"`],
    ['hash signs', `def f():\n    ${fill('#')}`],
    ['assert', fill('assert ')],
  ])('%s', async (_, text) => {
    const started = performance.now()
    const [measured] = await evaluator.measure([{ text, tests: [text.slice(0, 10_000)] }])
    expect(performance.now() - started).toBeLessThan(15_000)
    expect(measured).toBeDefined()
    const [after] = await evaluator.measure([{ text: F }])
    expect(after!.parses).toBe(true)
  })
})
