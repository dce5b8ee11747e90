/** A node of CPython's abstract syntax tree. Field names are those of Python's `ast` module. */
export interface PyNode {
  /** The class in Python's `ast` module: `'FunctionDef'`, `'BoolOp'`, … */
  readonly type: string
  readonly fields: Readonly<Record<string, PyField>>
}

/** Text, a node, or a list of them. A `Constant` has the text `key`, equal for literals that Python finds equal. */
type PyField = string | PyNode | readonly (string | PyNode | null)[]

type WireField = string | number | readonly (string | number | null)[]

/** The parser child's form of a tree: nodes breadth first, integers in fields being indices of nodes. */
export type WireTree = readonly (readonly [type: string, fields: Readonly<Record<string, WireField>>])[]

/** Rebuilds the tree from the parser's list. */
export function treeFromWire(wire: WireTree): PyNode {
  const nodes = wire.map(([type]) => ({ type, fields: {} as Record<string, PyField> }))
  wire.forEach(([, fields], index) => {
    const target = nodes[index]!.fields
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'number') target[name] = nodes[value]!
      else if (typeof value === 'string') target[name] = value
      else target[name] = value.map((item) => (typeof item === 'number' ? nodes[item]! : item))
    }
  })
  return nodes[0]!
}

/** The nodes directly under a node, in field order (Python's `ast.iter_child_nodes`). */
export function children(node: PyNode): PyNode[] {
  const found: PyNode[] = []
  for (const value of Object.values(node.fields)) {
    if (typeof value === 'string') continue
    for (const item of Array.isArray(value)
      ? (value as readonly (string | PyNode | null)[])
      : [value as PyNode])
      if (item !== null && typeof item !== 'string') found.push(item)
  }
  return found
}

/** The nodes of a list field; empty where the field is absent. */
export function list(node: PyNode, field: string): readonly PyNode[] {
  const value = node.fields[field]
  return Array.isArray(value) ? (value as readonly PyNode[]) : []
}

/** The node of a field. */
export function child(node: PyNode, field: string): PyNode {
  return node.fields[field] as PyNode
}

/** The text of a field; `''` where absent. */
export function text(node: PyNode, field: string): string {
  const value = node.fields[field]
  return typeof value === 'string' ? value : ''
}

/**
 * Size of a tree: `nodes` is what Python's `ast.walk` visits (the module and contexts such as `Load`
 * included), `depth` the nodes on the longest path from the module down.
 */
export function treeSize(root: PyNode): { nodes: number; depth: number } {
  let nodes = 0
  let depth = 0
  let level = [root]
  while (level.length) {
    nodes += level.length
    depth += 1
    level = level.flatMap(children)
  }
  return { nodes, depth }
}
