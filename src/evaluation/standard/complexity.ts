import { children, list, text, type PyNode } from '../python/ast.js'

/** A function, method or class with its cyclomatic complexity. */
interface ComplexityBlock {
  readonly kind: 'function' | 'method' | 'class'
  readonly name: string
  readonly complexity: number
}

/** What radon's `ComplexityVisitor` collects. */
export interface Complexity {
  /** Functions, classes, and methods of classes; closures and inner classes are not listed. */
  readonly blocks: readonly ComplexityBlock[]
  /** Decision points of the whole module + 1. */
  readonly total: number
}

/**
 * Cyclomatic complexity by the rules of radon 5.1 (McCabe, with boolean operators and comprehensions).
 * Source: radon's documentation, "Introduction to Code Metrics"; the rules are checked against radon itself.
 */
export function complexity(module: PyNode): Complexity {
  const visit = walk([module], false)
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

function walk(roots: readonly PyNode[], inClass: boolean): Visit {
  const visit: Visit = { points: 0, functions: [], classes: [] }
  const pending = [...roots].reverse()
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'FunctionDef' || node.type === 'AsyncFunctionDef')
      visit.functions.push(functionBlock(node, inClass))
    else if (node.type === 'ClassDef') visit.classes.push(classBlock(node))
    else {
      visit.points += decisionPoints(node)
      if (node.type !== 'Assert') pending.push(...children(node).reverse())
    }
  }
  return visit
}

function functionBlock(node: PyNode, inClass: boolean): ComplexityBlock {
  const body = walk(list(node, 'body'), false)
  return { kind: inClass ? 'method' : 'function', name: text(node, 'name'), complexity: 1 + body.points }
}

function classBlock(node: PyNode): Visit['classes'][number] {
  const { points, functions: methods } = walk(list(node, 'body'), true)
  const real = 1 + points + methods.reduce((sum, method) => sum + method.complexity, 0)
  const shown = methods.length ? Math.trunc(real / methods.length) + (methods.length > 1 ? 1 : 0) : real
  return { block: { kind: 'class', name: text(node, 'name'), complexity: shown }, real, methods }
}

function decisionPoints(node: PyNode): number {
  switch (node.type) {
    case 'If':
    case 'IfExp':
    case 'Assert':
      return 1
    case 'For':
    case 'AsyncFor':
    case 'While':
      return 1 + (list(node, 'orelse').length ? 1 : 0)
    case 'Try':
      return list(node, 'handlers').length + (list(node, 'orelse').length ? 1 : 0)
    case 'BoolOp':
      return list(node, 'values').length - 1
    case 'comprehension':
      return 1 + list(node, 'ifs').length
    default:
      return 0
  }
}
