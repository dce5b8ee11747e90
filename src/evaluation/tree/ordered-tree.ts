import type { PyNode } from '../python/node-types.js'

/** A tree for comparisons: node types only, in postorder. */
export interface OrderedTree {
  /** Node types as numbers, see {@link labelOf}. */
  readonly labels: Int32Array
  /** The number of children of each node. */
  readonly childCounts: Int32Array
  /** The leftmost leaf under each node. */
  readonly leftmost: Int32Array
  /** The last node of each leftmost leaf: the roots whose subtrees the distance is computed for. */
  readonly keyRoots: readonly number[]
}

const labels = new Map<string, number>()

function labelOf(type: string): number {
  let label = labels.get(type)
  if (label === undefined) labels.set(type, (label = labels.size))
  return label
}

/**
 * The tree without the contexts `Load`, `Store` and `Del`, which follow from the rest.
 *
 * @param mirrored children from the last to the first; the distance stays the same, its cost does not
 */
export function orderedTree(root: PyNode, mirrored = false): OrderedTree {
  const nodes = postorder(root, mirrored)
  const found: number[] = []
  const counts = new Int32Array(nodes.length)
  const leftmost = new Int32Array(nodes.length)
  // Roots of the subtrees read so far that have no parent yet.
  const open: number[] = []
  nodes.forEach(([node, count], at) => {
    found.push(labelOf(node.type))
    counts[at] = count
    const children = count ? open.splice(-count) : []
    leftmost[at] = children.length ? leftmost[children[0]!]! : at
    open.push(at)
  })
  const lastOf = new Map<number, number>()
  leftmost.forEach((leaf, at) => lastOf.set(leaf, at))
  return {
    labels: Int32Array.from(found),
    childCounts: counts,
    leftmost,
    keyRoots: [...lastOf.values()].sort((a, b) => a - b),
  }
}

function postorder(root: PyNode, mirrored: boolean): [node: PyNode, children: number][] {
  const reversed: [PyNode, number][] = []
  const pending = [root]
  for (let node = pending.pop(); node; node = pending.pop()) {
    const children = node.children.filter(({ type }) => type !== 'Load' && type !== 'Store' && type !== 'Del')
    reversed.push([node, children.length])
    if (mirrored) children.reverse()
    for (const child of children) pending.push(child)
  }
  return reversed.reverse()
}
