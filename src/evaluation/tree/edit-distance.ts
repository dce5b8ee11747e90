import type { OrderedTree } from './ordered-tree.js'

/**
 * The least number of nodes to insert, delete or rename that makes one ordered tree the other.
 *
 * K. Zhang and D. Shasha, *Simple fast algorithms for the editing distance between trees and related problems*,
 * SIAM J. Comput. 18(6), 1989, doi:10.1137/0218082.
 */
export function editDistance(a: OrderedTree, b: OrderedTree): number {
  const [rows, columns] = [a.labels.length, b.labels.length]
  const trees = new Uint16Array(rows * columns)
  const width = columns + 1
  const forests = new Uint16Array((rows + 1) * width)
  for (const rootA of a.keyRoots) for (const rootB of b.keyRoots) fill(a, b, rootA, rootB, trees, forests)
  return trees[rows * columns - 1]!
}

/** Distances of all prefixes of the forests under two key roots; `trees` gets those that are trees. */
function fill(
  a: OrderedTree,
  b: OrderedTree,
  rootA: number,
  rootB: number,
  trees: Uint16Array,
  forests: Uint16Array,
): void {
  const columns = b.labels.length
  const width = columns + 1
  const firstA = a.leftmost[rootA]!
  const firstB = b.leftmost[rootB]!
  const height = rootA - firstA + 1
  const span = rootB - firstB + 1
  for (let j = 0; j <= span; j += 1) forests[j] = j
  for (let i = 1; i <= height; i += 1) {
    const nodeA = firstA + i - 1
    const leafA = a.leftmost[nodeA]!
    const label = a.labels[nodeA]!
    const row = i * width
    const above = row - width
    const before = (leafA - firstA) * width
    forests[row] = i
    for (let j = 1; j <= span; j += 1) {
      const nodeB = firstB + j - 1
      const leafB = b.leftmost[nodeB]!
      const deleted = forests[above + j]! + 1
      const inserted = forests[row + j - 1]! + 1
      let least = deleted < inserted ? deleted : inserted
      if (leafA === firstA && leafB === firstB) {
        const renamed = forests[above + j - 1]! + (label === b.labels[nodeB] ? 0 : 1)
        if (renamed < least) least = renamed
        trees[nodeA * columns + nodeB] = least
      } else {
        const kept = forests[before + leafB - firstB]! + trees[nodeA * columns + nodeB]!
        if (kept < least) least = kept
      }
      forests[row + j] = least
    }
  }
}

/** How many steps {@link editDistance} takes. */
export function editCost(a: OrderedTree, b: OrderedTree): number {
  return forestSizes(a) * forestSizes(b)
}

function forestSizes({ keyRoots, leftmost }: OrderedTree): number {
  return keyRoots.reduce((sum, root) => sum + root - leftmost[root]! + 1, 0)
}
