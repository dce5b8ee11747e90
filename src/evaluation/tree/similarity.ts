import type { PyNode } from '../python/node-types.js'
import { editCost, editDistance } from './edit-distance.js'
import { orderedTree, type OrderedTree } from './ordered-tree.js'

/** How alike two pieces of code are, by the types of their syntax trees' nodes; names and values do not count. */
export interface Similarity {
  /**
   * 1 − tree edit distance / nodes of the larger tree, at least 0; 1 for the same structure. TSED of Song et al.,
   * *Revisiting Code Similarity Evaluation with Abstract Syntax Tree Edit Distance*, ACL 2024. Null for trees
   * so large (about a thousand nodes each) that it would take seconds.
   */
  readonly edit: number | null
  /**
   * Share of nodes that have the same subtree under them in both: 2 · shared / (nodes of both). Baxter et al.,
   * *Clone detection using abstract syntax trees*, ICSM 1998, doi:10.1109/ICSM.1998.738528.
   */
  readonly sharedSubtrees: number
}

/** Steps of the edit distance beyond which it is not computed: about half a second. */
const MOST_STEPS = 1 << 27

/** A tree, prepared for comparisons. */
export interface Comparable {
  readonly tree: OrderedTree
  readonly mirrored: OrderedTree
  /** How often each subtree occurs. Equal subtrees have the same number in all trees of one {@link Subtrees}. */
  readonly subtrees: ReadonlyMap<number, number>
}

/** Numbers subtrees: equal ones alike. */
export type Subtrees = Map<string, number>

/** Prepares a tree for {@link similarity} with others that were prepared with the same numbering. */
export function comparable(root: PyNode, numbering: Subtrees): Comparable {
  const tree = orderedTree(root)
  return { tree, mirrored: orderedTree(root, true), subtrees: subtreeCounts(tree, numbering) }
}

/** Compares two trees. */
export function similarity(a: Comparable, b: Comparable): Similarity {
  const [sizeA, sizeB] = [a.tree.labels.length, b.tree.labels.length]
  return {
    edit: editSimilarity(a, b, Math.max(sizeA, sizeB)),
    sharedSubtrees: (2 * shared(a.subtrees, b.subtrees)) / (sizeA + sizeB),
  }
}

function editSimilarity(a: Comparable, b: Comparable, larger: number): number | null {
  const [straight, mirrored] = [editCost(a.tree, b.tree), editCost(a.mirrored, b.mirrored)]
  if (Math.min(straight, mirrored) > MOST_STEPS) return null
  const distance = straight <= mirrored ? editDistance(a.tree, b.tree) : editDistance(a.mirrored, b.mirrored)
  return Math.max(0, 1 - distance / larger)
}

function subtreeCounts({ labels, childCounts }: OrderedTree, numbering: Subtrees): Map<number, number> {
  const counts = new Map<number, number>()
  const open: number[] = []
  labels.forEach((label, at) => {
    const children = childCounts[at]! ? open.splice(-childCounts[at]!) : []
    const key = `${label}:${children.join()}`
    let number = numbering.get(key)
    if (number === undefined) numbering.set(key, (number = numbering.size))
    open.push(number)
    counts.set(number, (counts.get(number) ?? 0) + 1)
  })
  return counts
}

function shared(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  let sum = 0
  for (const [subtree, count] of a) sum += Math.min(count, b.get(subtree) ?? 0)
  return sum
}
