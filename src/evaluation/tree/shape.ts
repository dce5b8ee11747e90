import type { PyNode, PyNodeType } from '../python/node-types.js'

/** Size, form and content of a syntax tree. */
export interface TreeShape {
  /** What Python's `ast.walk` visits: the module and contexts such as `Load` included. */
  readonly nodes: number
  /** Nodes on the longest path from the module down. */
  readonly depth: number
  /** Mean number of children of the nodes that have any. */
  readonly meanBranching: number
  readonly maxBranching: number
  /** Most control structures (if, for, while, try, with, match) that stand in one another; an `elif` is no deeper. */
  readonly maxNesting: number
  /** How often each type of node occurs. */
  readonly nodeTypes: Readonly<Partial<Record<PyNodeType, number>>>
}

const CONTROL = new Set<PyNodeType>([
  'If',
  'For',
  'AsyncFor',
  'While',
  'Try',
  'TryStar',
  'With',
  'AsyncWith',
  'Match',
])

/** Measures a tree, in one pass. */
export function treeShape(root: PyNode): TreeShape {
  const counts = new Map<PyNodeType, number>([[root.type, 1]])
  let [nodes, depth, parents, maxBranching, maxNesting] = [1, 1, 0, 0, 0]
  const pending = [root]
  const depths = [1]
  const nestings = [0]
  for (let node = pending.pop(); node; node = pending.pop()) {
    const level = depths.pop()! + 1
    let nesting = nestings.pop()!
    const { type, children } = node
    if (children.length === 0) continue
    nodes += children.length
    parents += 1
    if (level > depth) depth = level
    if (children.length > maxBranching) maxBranching = children.length
    if (CONTROL.has(type)) nesting += 1
    if (nesting > maxNesting) maxNesting = nesting
    const chained = type === 'If' ? elif(node) : null
    for (const child of children) {
      counts.set(child.type, (counts.get(child.type) ?? 0) + 1)
      if (child.children.length === 0) continue
      pending.push(child)
      depths.push(level)
      nestings.push(child === chained ? nesting - 1 : nesting)
    }
  }
  return {
    nodes,
    depth,
    meanBranching: parents ? (nodes - 1) / parents : 0,
    maxBranching,
    maxNesting,
    nodeTypes: Object.fromEntries(counts),
  }
}

/** The `elif` of an `if`, where there is one. The tree has `else: if` in the same place, but further right. */
export function elif(node: PyNode): PyNode<'If'> | null {
  if (node.type !== 'If') return null
  const [next, ...others] = node.fields.orelse
  return next?.type === 'If' && others.length === 0 && next.column === node.column ? next : null
}
