import { NODE_FIELDS, type PyConstant, type PyNode } from './node-types.js'

/** parser.py's table of node types, which trees refer to by index. */
export type WireTable = readonly (readonly [type: string, fields: readonly string[], positioned: boolean])[]

/** parser.py's form of a tree, see `encode` there. */
export type WireTree = readonly unknown[]

interface MutableNode {
  readonly type: string
  readonly line: number
  readonly column: number
  readonly fields: Record<string, unknown>
  children: readonly MutableNode[]
}

/** A type of node as trees are built from it. */
interface NodeType {
  readonly type: string
  readonly fields: readonly string[]
  readonly positioned: boolean
  /** The one node of a type that has neither position nor fields, as in Python. */
  readonly only: MutableNode | null
  /** `only` as a list. */
  readonly onlyChild: readonly MutableNode[]
}

export type NodeTable = readonly NodeType[]

const NOTHING: readonly never[] = []
/** Comparing texts is fast only where equal ones are one object, as keys and literals are. */
const NAMES = new Map(Object.keys(NODE_FIELDS).map((name) => [name, name]))

/** Prepares parser.py's table. */
export function nodeTable(wire: WireTable): NodeTable {
  return wire.map(([name, fields, positioned]) => {
    const type = NAMES.get(name) ?? name
    const single = fields.length === 0 && !positioned
    const only = single ? { type, line: 0, column: 0, fields: {}, children: NOTHING } : null
    return { type, fields, positioned, only, onlyChild: only ? [only] : NOTHING }
  })
}

/** Fields whose numbers are no references. */
const NUMBERS = new Set(['level', 'conversion', 'simple', 'is_async'])
const NONE = -1

/** A node whose fields, or a list whose items, are being read. */
interface Reading {
  readonly target: Record<string | number, unknown>
  /** Of the fields; null for a list. */
  readonly names: readonly string[] | null
  /** The node, to be given its children; null for a list, whose items are children of the node around it. */
  readonly node: MutableNode | null
  /** How many of the nodes found so far are children of others. */
  readonly before: number
  at: number
  readonly end: number
}

/** Rebuilds the tree from parser.py's list. Without recursion: trees may be deep. */
export function treeFromWire(wire: WireTree, table: NodeTable): PyNode {
  const top: Record<string | number, unknown> = {}
  // Arrays are made at their final length: one that grows takes several times the memory, and there are many.
  const children: MutableNode[] = []
  const outer: Reading[] = []
  let reading: Reading = { target: top, names: null, node: null, before: 0, at: 0, end: 1 }
  let next = 0
  for (;;) {
    if (reading.at === reading.end) {
      const { node, before } = reading
      if (node) {
        node.children = before === children.length ? NOTHING : children.slice(before)
        children.length = before
        children.push(node)
      }
      const back = outer.pop()
      if (!back) return top[0] as PyNode
      reading = back
      continue
    }
    const { target, names } = reading
    const name = names ? names[reading.at]! : reading.at
    reading.at += 1
    const value = wire[next++]
    if (typeof value !== 'number' || (names && NUMBERS.has(name as string))) target[name] = value
    else if (value === NONE) target[name] = null
    else if (value < 0) {
      const end = NONE - 1 - value
      const items = new Array<unknown>(end)
      target[name] = items
      if (end === 0) continue
      outer.push(reading)
      reading = { target: items as never, names: null, node: null, before: 0, at: 0, end }
    } else {
      const { type, fields, positioned, only, onlyChild } = table[value]!
      if (only) {
        target[name] = only
        children.push(only)
        continue
      }
      const line = positioned ? (wire[next++] as number) : 0
      const column = positioned ? (wire[next++] as number) : 0
      const node: MutableNode = { type, line, column, fields: {}, children: onlyChild }
      target[name] = node
      if (type === 'Constant') {
        node.fields['value'] = wire[next++]
        children.push(node)
      } else if (type === 'Name') {
        const context = table[wire[next + 1] as number]!
        node.fields['id'] = wire[next]
        node.fields['ctx'] = context.only
        node.children = context.onlyChild
        next += 2
        children.push(node)
      } else {
        outer.push(reading)
        reading = {
          target: node.fields,
          names: fields,
          node,
          before: children.length,
          at: 0,
          end: fields.length,
        }
      }
    }
  }
}

/** Has the node others than contexts under it? Most nodes have not, and need no visit. */
export function isInner(node: PyNode): boolean {
  return node.children.length !== 0 && node.type !== 'Name'
}

/** A key that two constants share exactly when Python finds them equal (1, 1.0 and True do). */
export function constantKey(value: PyConstant): string {
  if (typeof value === 'string') return `s:${value}`
  if (value === null) return 'None'
  if (typeof value !== 'object') return `n:${Number(value)}`
  if (value.repr === '0j') return 'n:0'
  return value.type === 'int' || value.type === 'float' ? `n:${value.repr}` : `${value.type}:${value.repr}`
}
