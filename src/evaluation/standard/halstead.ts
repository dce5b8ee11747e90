import { child, children, list, text, type PyNode } from '../python/ast.js'

/** Halstead's figures of a module, as radon counts them. */
export interface Halstead {
  readonly h1: number
  readonly h2: number
  readonly N1: number
  readonly N2: number
  readonly vocabulary: number
  readonly length: number
  readonly calculatedLength: number
  readonly volume: number
  readonly difficulty: number
  readonly effort: number
  readonly time: number
  readonly bugs: number
}

interface Count {
  operators: number
  operands: number
  readonly operatorsSeen: Set<string>
  readonly operandsSeen: Set<unknown>
}

/**
 * Halstead's metrics by radon's rules: only arithmetic, boolean, unary and comparison operators and augmented
 * assignments count; an operand is distinguished by its value and the innermost function it stands in.
 */
export function halstead(module: PyNode): Halstead {
  const count: Count = { operators: 0, operands: 0, operatorsSeen: new Set(), operandsSeen: new Set() }
  const pending: [node: PyNode, context: string][] = [[module, '']]
  for (let next = pending.pop(); next; next = pending.pop()) {
    const [node, context] = next
    const isFunction = node.type === 'FunctionDef' || node.type === 'AsyncFunctionDef'
    if (!isFunction) countNode(node, context, count)
    const inner = isFunction ? `${text(node, 'name')}()` : context
    for (const item of isFunction ? list(node, 'body') : children(node)) pending.push([item, inner])
  }
  return report(count)
}

function countNode(node: PyNode, context: string, count: Count): void {
  const { operators, operands } = operation(node)
  count.operators += operators.length
  count.operands += operands.length
  for (const operator of operators) count.operatorsSeen.add(operator.type)
  for (const operand of operands) count.operandsSeen.add(operandKey(operand, context))
}

function operation(node: PyNode): { operators: readonly PyNode[]; operands: readonly PyNode[] } {
  switch (node.type) {
    case 'BinOp':
      return { operators: [child(node, 'op')], operands: [child(node, 'left'), child(node, 'right')] }
    case 'UnaryOp':
      return { operators: [child(node, 'op')], operands: [child(node, 'operand')] }
    case 'BoolOp':
      return { operators: [child(node, 'op')], operands: list(node, 'values') }
    case 'AugAssign':
      return { operators: [child(node, 'op')], operands: [child(node, 'target'), child(node, 'value')] }
    case 'Compare':
      return { operators: list(node, 'ops'), operands: [child(node, 'left'), ...list(node, 'comparators')] }
    default:
      return { operators: [], operands: [] }
  }
}

// A name, an attribute and a string of the same text are one operand; any other node is its own.
function operandKey(node: PyNode, context: string): unknown {
  switch (node.type) {
    case 'Name':
      return `${context}\0s:${text(node, 'id')}`
    case 'Attribute':
      return `${context}\0s:${text(node, 'attr')}`
    case 'Constant':
      return `${context}\0${text(node, 'key')}`
    default:
      return node
  }
}

function report(count: Count): Halstead {
  const h1 = count.operatorsSeen.size
  const h2 = count.operandsSeen.size
  const vocabulary = h1 + h2
  const length = count.operators + count.operands
  const volume = vocabulary ? length * Math.log2(vocabulary) : 0
  const difficulty = h2 ? (h1 * count.operands) / (2 * h2) : 0
  const effort = difficulty * volume
  return {
    h1,
    h2,
    N1: count.operators,
    N2: count.operands,
    vocabulary,
    length,
    calculatedLength: h1 && h2 ? h1 * Math.log2(h1) + h2 * Math.log2(h2) : 0,
    volume,
    difficulty,
    effort,
    time: effort / 18,
    bugs: volume / 3000,
  }
}
