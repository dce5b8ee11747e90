import { isInner } from '../python/ast.js'
import type { PyNode } from '../python/node-types.js'
import { recursiveFunctions } from './recursion.js'
import { elif } from './shape.js'

type Def = PyNode<'FunctionDef' | 'AsyncFunctionDef'>

/**
 * Cognitive complexity of a module: what breaks its linear flow, dearer the deeper it stands.
 *
 * By G. A. Campbell, *Cognitive Complexity: a new way of measuring understandability*, SonarSource, version 1.7
 * (2023); TechDebt 2018, doi:10.1145/3194164.3194186. +1 and +1 for each level around it: if, conditional
 * expression, for, while, except, match. +1: elif, else (of loops and try too), each sequence of the same boolean
 * operator, each function in a recursion. Functions and lambdas in a function are a level, save a decorator's, which
 * stands alone in its function. Comprehensions cost nothing.
 *
 * @param recursive how many functions are in a recursion, where it is known already
 */
export function cognitiveComplexity(module: PyNode, recursive = recursiveFunctions(module)): number {
  let total = recursive
  const nodes = [module]
  // Of each node: the structures around it, which make a break in the flow cost more, and the function around it
  // (null at the top level and directly in a class).
  const levels = [0]
  const functions: (Def | null)[] = [null]
  const push = (items: readonly PyNode[], level: number, enclosing: Def | null) => {
    for (const item of items) {
      if (!isInner(item)) continue
      nodes.push(item)
      levels.push(level)
      functions.push(enclosing)
    }
  }
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const level = levels.pop()!
    const enclosing = functions.pop() ?? null
    switch (node.type) {
      case 'If':
        total += 1 + level
        for (let branch: PyNode<'If'> | null = node; branch;) {
          const { test, body, orelse } = branch.fields
          push([test], level, enclosing)
          push(body, level + 1, enclosing)
          branch = elif(branch)
          if (branch || orelse.length) total += 1
          if (!branch) push(orelse, level + 1, enclosing)
        }
        break
      case 'For':
      case 'AsyncFor':
      case 'While':
        total += 1 + level + (node.fields.orelse.length ? 1 : 0)
        if (node.type === 'While') push([node.fields.test], level, enclosing)
        else push([node.fields.target, node.fields.iter], level, enclosing)
        push(node.fields.body, level + 1, enclosing)
        push(node.fields.orelse, level + 1, enclosing)
        break
      case 'Try':
      case 'TryStar': {
        const { body, handlers, orelse, finalbody } = node.fields
        if (orelse.length) total += 1
        push(body, level, enclosing)
        push(handlers, level, enclosing)
        push(orelse, level + 1, enclosing)
        push(finalbody, level, enclosing)
        break
      }
      case 'ExceptHandler':
      case 'IfExp':
        total += 1 + level
        push(node.children, level + 1, enclosing)
        break
      case 'Match':
        total += 1 + level
        push([node.fields.subject], level, enclosing)
        push(node.fields.cases, level + 1, enclosing)
        break
      case 'Lambda':
        push(node.children, enclosing ? level + 1 : level, enclosing)
        break
      case 'BoolOp':
        total += booleanSequences(node)
        push(node.children, level, enclosing)
        break
      case 'FunctionDef':
      case 'AsyncFunctionDef': {
        const { args, decorator_list, body } = node.fields
        push([args], level, enclosing)
        push(decorator_list, level, enclosing)
        push(body, enclosing ? (standsAlone(node, enclosing) ? level : level + 1) : 0, node)
        break
      }
      case 'ClassDef':
        push(node.children, 0, null)
        break
      default:
        push(node.children, level, enclosing)
    }
  }
  return total
}

/** Does the function only define this one and return names? So decorators are written. */
function standsAlone(inner: PyNode, outer: Def): boolean {
  return outer.fields.body.every(
    (statement) =>
      statement === inner || (statement.type === 'Return' && statement.fields.value?.type === 'Name'),
  )
}

/**
 * Sequences of one operator, without those of the operands: `a or b and c or d` has three, one of them the operand's.
 * (The tree does not say whether there were parentheses.)
 */
function booleanSequences({ fields: { op, values } }: PyNode<'BoolOp'>): number {
  if (op.type === 'And') return 1
  const inside = values.slice(1, -1)
  return 1 + inside.filter((value) => value.type === 'BoolOp' && value.fields.op.type === 'And').length
}
