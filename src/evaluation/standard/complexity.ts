import { isInner } from '../python/ast.js'
import type { PyNode } from '../python/node-types.js'

/** Which radon counts: 5.1 has no rule for `match`; from 6.0 on its cases count. Nothing else differs. */
export type RadonVersion = '5.1' | '6.0'

/** radon's rank of a complexity: A to 5, B to 10, C to 20, D to 30, E to 40, else F. */
export type ComplexityRank = 'A' | 'B' | 'C' | 'D' | 'E' | 'F'

/** A function, method or class with its cyclomatic complexity. */
export interface ComplexityBlock {
  readonly kind: 'function' | 'method' | 'class'
  readonly name: string
  /** Of a method. */
  readonly className: string | null
  /** Of the `def` or `class`, from 1. */
  readonly line: number
  /** A class has the mean of its methods, rounded as radon does. */
  readonly complexity: number
  readonly rank: ComplexityRank
}

/** What radon's `ComplexityVisitor` collects. */
export interface Complexity {
  /** Functions, classes, and methods of classes; closures and inner classes are not listed. */
  readonly blocks: readonly ComplexityBlock[]
  /** Decision points of the whole module + 1. */
  readonly total: number
}

/**
 * Cyclomatic complexity by radon's rules (McCabe, with boolean operators and comprehensions).
 * Source: radon's documentation, "Introduction to Code Metrics"; the rules are checked against radon itself.
 */
export function complexity(module: PyNode, radon: RadonVersion = '5.1'): Complexity {
  const visit = walk([module], null, radon)
  const functionPoints = visit.functions.reduce((sum, block) => sum + block.complexity - 1, 0)
  const classPoints = visit.classes.reduce((sum, { real }) => sum + real - 1, 0)
  return {
    blocks: [...visit.functions, ...visit.classes.flatMap(({ block, methods }) => [block, ...methods])],
    total: 1 + visit.points + functionPoints + classPoints,
  }
}

interface Visit {
  points: number
  readonly functions: ComplexityBlock[]
  readonly classes: { block: ComplexityBlock; real: number; methods: readonly ComplexityBlock[] }[]
}

type Def = PyNode<'FunctionDef' | 'AsyncFunctionDef'>

function walk(roots: readonly PyNode[], className: string | null, radon: RadonVersion): Visit {
  const visit: Visit = { points: 0, functions: [], classes: [] }
  const pending = [...roots].reverse()
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'FunctionDef' || node.type === 'AsyncFunctionDef')
      visit.functions.push(functionBlock(node, className, radon))
    else if (node.type === 'ClassDef') visit.classes.push(classBlock(node, radon))
    else {
      visit.points += decisionPoints(node, radon)
      if (node.type === 'Assert') continue
      const { children } = node
      for (let at = children.length; at-- > 0;) {
        const child = children[at]!
        if (isInner(child)) pending.push(child)
      }
    }
  }
  return visit
}

function functionBlock(node: Def, className: string | null, radon: RadonVersion): ComplexityBlock {
  const { points } = walk(node.fields.body, null, radon)
  const kind = className === null ? 'function' : 'method'
  return { kind, name: node.fields.name, className, line: node.line, ...ranked(1 + points) }
}

function classBlock(node: PyNode<'ClassDef'>, radon: RadonVersion): Visit['classes'][number] {
  const { name } = node.fields
  const { points, functions: methods } = walk(node.fields.body, name, radon)
  const real = 1 + points + methods.reduce((sum, method) => sum + method.complexity, 0)
  const shown = methods.length ? Math.trunc(real / methods.length) + (methods.length > 1 ? 1 : 0) : real
  return {
    block: { kind: 'class', name, className: null, line: node.line, ...ranked(shown) },
    real,
    methods,
  }
}

function ranked(complexity: number): { complexity: number; rank: ComplexityRank } {
  const above = [5, 10, 20, 30, 40].filter((limit) => complexity > limit).length
  return { complexity, rank: 'ABCDEF'[above] as ComplexityRank }
}

function decisionPoints(node: PyNode, radon: RadonVersion): number {
  switch (node.type) {
    case 'If':
    case 'IfExp':
    case 'Assert':
      return 1
    case 'For':
    case 'AsyncFor':
    case 'While':
      return 1 + (node.fields.orelse.length ? 1 : 0)
    case 'Try':
      return node.fields.handlers.length + (node.fields.orelse.length ? 1 : 0)
    case 'BoolOp':
      return node.fields.values.length - 1
    case 'comprehension':
      return 1 + node.fields.ifs.length
    case 'Match':
      return radon === '6.0' ? cases(node) : 0
    default:
      return 0
  }
}

/** The cases, less one where one is `_` or a bare name: that is the `else`. */
function cases({ fields }: PyNode<'Match'>): number {
  const hasElse = fields.cases.some(
    (item) =>
      item.type === 'match_case' &&
      item.fields.pattern.type === 'MatchAs' &&
      item.fields.pattern.fields.pattern === null,
  )
  return Math.max(0, fields.cases.length - (hasElse ? 1 : 0))
}
