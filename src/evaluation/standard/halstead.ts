import { constantKey, isInner } from '../python/ast.js'
import type { PyNode } from '../python/node-types.js'

/** Halstead's figures of a module or function, as radon counts them. */
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

/** Halstead's figures of a function by its name. */
export interface FunctionHalstead extends Halstead {
  readonly name: string
}

/** A module's figures. */
export interface ModuleHalstead {
  readonly total: Halstead
  /** Functions and methods in their order; what is nested in a function belongs to it. */
  readonly functions: readonly FunctionHalstead[]
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
export function halstead(module: PyNode): ModuleHalstead {
  const total = newCount()
  const functions: { name: string; count: Count }[] = []
  const pending = [module]
  // Of each node: the innermost function around it, and the figures of the outermost.
  const contexts = ['']
  const outermost: (Count | null)[] = [null]
  for (let node = pending.pop(); node; node = pending.pop()) {
    let context = contexts.pop()!
    let within = outermost.pop() ?? null
    let inside = node.children
    if (node.type === 'FunctionDef' || node.type === 'AsyncFunctionDef') {
      const { name, body } = node.fields
      if (!within) functions.push({ name, count: (within = newCount()) })
      context = `${name}()`
      inside = body
    } else {
      const found = operation(node)
      if (found) {
        const keys = found.operands.map((operand) => operandKey(operand, context))
        addTo(total, found.operators, keys)
        if (within) addTo(within, found.operators, keys)
      }
    }
    for (let at = inside.length; at-- > 0;) {
      const child = inside[at]!
      if (!isInner(child)) continue
      pending.push(child)
      contexts.push(context)
      outermost.push(within)
    }
  }
  return { total: report(total), functions: functions.map(({ name, count }) => ({ name, ...report(count) })) }
}

function newCount(): Count {
  return { operators: 0, operands: 0, operatorsSeen: new Set(), operandsSeen: new Set() }
}

function addTo(count: Count, operators: readonly PyNode[], operands: readonly unknown[]): void {
  count.operators += operators.length
  count.operands += operands.length
  for (const operator of operators) count.operatorsSeen.add(operator.type)
  for (const operand of operands) count.operandsSeen.add(operand)
}

interface Operation {
  readonly operators: readonly PyNode[]
  readonly operands: readonly PyNode[]
}

function operation({ type, fields }: PyNode): Operation | null {
  switch (type) {
    case 'BinOp':
      return { operators: [fields.op], operands: [fields.left, fields.right] }
    case 'UnaryOp':
      return { operators: [fields.op], operands: [fields.operand] }
    case 'BoolOp':
      return { operators: [fields.op], operands: fields.values }
    case 'AugAssign':
      return { operators: [fields.op], operands: [fields.target, fields.value] }
    case 'Compare':
      return { operators: fields.ops, operands: [fields.left, ...fields.comparators] }
    default:
      return null
  }
}

// A name, an attribute and a string of the same text are one operand; any other node is its own.
function operandKey(node: PyNode, context: string): unknown {
  switch (node.type) {
    case 'Name':
      return `${context}\0s:${node.fields.id}`
    case 'Attribute':
      return `${context}\0s:${node.fields.attr}`
    case 'Constant':
      return `${context}\0${constantKey(node.fields.value)}`
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
