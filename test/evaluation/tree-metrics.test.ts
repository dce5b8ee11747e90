import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest'
import { createEvaluator, type Evaluator } from '../../src/evaluation/index.js'
import { cognitiveComplexity } from '../../src/evaluation/tree/cognitive.js'
import { recursiveFunctions } from '../../src/evaluation/tree/recursion.js'
import { treeShape } from '../../src/evaluation/tree/shape.js'
import { comparable, similarity } from '../../src/evaluation/tree/similarity.js'
import { orderedTree } from '../../src/evaluation/tree/ordered-tree.js'
import { needsParser } from './helpers/requirements.js'

const PEERS = join(import.meta.dirname, 'peers/tree_peers.py')
const PYTHON = process.env['RADON_PYTHON'] ?? 'python3'

let evaluator: Evaluator
beforeAll(async () => {
  evaluator = await createEvaluator({ sandbox: false })
})
afterAll(() => evaluator.close())

/** What an independent implementation says of Python's own library. Skips where its package is not there. */
function peer<Row>(context: TestContext, what: string, packageName: string): Row {
  needsParser(context, evaluator)
  if (spawnSync(PYTHON, ['-c', `import ${packageName}`]).status !== 0) {
    console.warn(
      `skipped: ${PYTHON} has no ${packageName} (pip install it; RADON_PYTHON names another Python)`,
    )
    context.skip()
  }
  return JSON.parse(execFileSync(PYTHON, [PEERS, what], { encoding: 'utf8', maxBuffer: 1 << 30 })) as Row
}

async function trees(sources: readonly string[]) {
  return (await evaluator.parse(sources)).map(({ tree, error }) => {
    expect(error).toBeNull()
    return tree!
  })
}

test("size, depth, branching and node types are those of Python's ast", async (context) => {
  const { rows } = peer<{ rows: { source: string; shape: Record<string, unknown> }[] }>(
    context,
    'trees',
    'ast',
  )
  expect(rows.length).toBeGreaterThan(50)
  const measured = (await trees(rows.map(({ source }) => source))).map(treeShape)
  rows.forEach(({ shape }, index) => {
    expect(measured[index]).toMatchObject(shape)
  })
})

test("cognitive complexity is the package's, where it follows Campbell", async (context) => {
  const rows = peer<{ source: string; complexity: number }[]>(context, 'cognitive', 'cognitive_complexity')
  expect(rows.length).toBeGreaterThan(400)
  const measured = (await trees(rows.map(({ source }) => source))).map((tree) => cognitiveComplexity(tree))
  rows.forEach(({ source, complexity }, index) => {
    expect(measured[index], source).toBe(complexity)
  })
})

test("the tree edit distance is zss'", async (context) => {
  const rows = peer<{ a: string; b: string; distance: number }[]>(context, 'distances', 'zss')
  expect(rows.length).toBeGreaterThan(40)
  const [first, second] = [await trees(rows.map(({ a }) => a)), await trees(rows.map(({ b }) => b))]
  rows.forEach(({ a, b, distance }, index) => {
    const [left, right] = [first[index]!, second[index]!]
    const numbering = new Map<string, number>()
    const { edit } = similarity(comparable(left, numbering), comparable(right, numbering))
    const larger = Math.max(orderedTree(left).labels.length, orderedTree(right).labels.length)
    expect(edit, `${a}\n---\n${b}`).toBeCloseTo(Math.max(0, 1 - distance / larger), 12)
  })
})

/** Campbell's own examples (Cognitive Complexity 1.7, in Python), and what the package above does otherwise. */
test.for([
  [
    'else and elif cost one each, whatever they stand in',
    'def f(a):\n  if a:\n    if a: x\n    elif a: y\n    else: z',
    5,
  ],
  ['a sequence of one operator costs one', 'def f(a, b, c):\n  return a and b and c or a or b', 2],
  ['a function in a function is a level', 'def f():\n  def g():\n    if x: y\n  print(g)', 2],
  ['a decorator stands alone', 'def f(a):\n  def g(b):\n    if a: b\n  return g', 1],
  [
    'except costs with its level, else of try and loops one',
    'def f():\n  for i in x:\n    try: y\n    except E: z\n    else: w\n  else: v',
    5,
  ],
  ['recursion costs one a function', 'def f(n): return g(n)\ndef g(n): return f(n)', 2],
  ['match costs one, whatever its cases', 'def f(a):\n  match a:\n    case 1: x\n    case 2: y', 1],
  ['comprehensions and with cost nothing', 'def f(a):\n  with a: return [b for b in a if b]', 0],
] as const)('%s', async ([, source, expected], context) => {
  needsParser(context, evaluator)
  if (source.includes('match') && evaluator.capabilities.pythonVersion! < '3.10') context.skip()
  const [tree] = await trees([source])
  expect(cognitiveComplexity(tree!)).toBe(expected)
})

test.for([
  ['def f(n): return f(n - 1)', 1],
  ['def f(n): return g(n)\ndef g(n): return n', 0],
  ['class C:\n  def f(self): return self.f()\ndef f(): return C().g()', 1],
  ['def f():\n  def f(): return f()', 1],
] as const)('functions that can call themselves in %j', async ([source, expected], context) => {
  needsParser(context, evaluator)
  const [tree] = await trees([source])
  expect(recursiveFunctions(tree!)).toBe(expected)
})

const SOURCE = `def f(xs):
    for x in xs:
        while x:
            if x > 1:
                return [y for y in x]
            elif x:
                return {y: 1 for y in x}
    return sum(1 if y else 2 for y in xs)
`

test('a text has them all, with its likeness to the reference', async (context) => {
  needsParser(context, evaluator)
  const [same, other, broken] = await evaluator.measure([
    { text: SOURCE, reference: SOURCE.replaceAll('x', 'renamed').replaceAll('1', '7') },
    { text: 'def f(xs):\n    pass', reference: SOURCE },
    { text: 'def f(:', reference: SOURCE },
  ])
  expect(same!.metrics).toMatchObject({
    ast_functions: 1,
    ast_loops: 2,
    ast_conditionals: 3,
    ast_returns: 3,
    ast_comprehensions: 3,
    ast_nesting_max: 3,
    ast_recursive_functions: 0,
    ast_similarity: 1,
    ast_shared_subtrees: 1,
  })
  expect(other!.metrics['ast_similarity']).toBeLessThan(0.3)
  expect(broken!.metrics).toMatchObject({ ast_nodes: null, cognitive_complexity: null, ast_similarity: null })
})

test('texts are alike each with each; what does not parse is like nothing', async (context) => {
  needsParser(context, evaluator)
  const table = await evaluator.similarity([SOURCE, SOURCE, 'def f(:', 'def f(xs):\n    pass'])
  expect(table[0]![1]).toEqual({ edit: 1, sharedSubtrees: 1 })
  expect(table[0]![2]).toBeNull()
  expect(table[3]![0]).toEqual(table[0]![3])
})
