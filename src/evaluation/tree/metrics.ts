import type { PyNode } from '../python/node-types.js'
import type { Metrics } from '../types.js'
import { cognitiveComplexity } from './cognitive.js'
import { recursiveFunctions } from './recursion.js'
import type { TreeShape } from './shape.js'
import type { Similarity } from './similarity.js'

/** The metrics of the syntax tree, in order. */
export const TREE_METRICS = [
  'ast_nodes',
  'ast_depth',
  'ast_branching_mean',
  'ast_branching_max',
  'ast_functions',
  'ast_loops',
  'ast_conditionals',
  'ast_returns',
  'ast_comprehensions',
  'ast_nesting_max',
  'ast_recursive_functions',
  'cognitive_complexity',
  'ast_similarity',
  'ast_shared_subtrees',
] as const

/**
 * Adds the metrics of the extracted code's tree, the same for all definitions; all null where it does not parse. See
 * {@link TreeShape}, {@link cognitiveComplexity}, {@link recursiveFunctions}, {@link Similarity}.
 * `ast_conditionals` are each `if` and `elif`, conditional expressions, and `match`.
 *
 * @param likeness to the reference solution; null where there is none
 */
export function addTreeMetrics(
  metrics: Metrics,
  parsed: { readonly tree: PyNode; readonly shape: TreeShape } | null,
  likeness: Similarity | null,
): Metrics {
  if (!parsed) {
    for (const name of TREE_METRICS) metrics[name] = null
    return metrics
  }
  const { tree, shape } = parsed
  const types = shape.nodeTypes
  const recursive = types.Call ? recursiveFunctions(tree) : 0
  // One by one: properties added by computed names, or by spreading, make V8 keep the object as a hash table, at
  // several times the memory and time.
  metrics.ast_nodes = shape.nodes
  metrics.ast_depth = shape.depth
  metrics.ast_branching_mean = shape.meanBranching
  metrics.ast_branching_max = shape.maxBranching
  metrics.ast_functions = (types.FunctionDef ?? 0) + (types.AsyncFunctionDef ?? 0)
  metrics.ast_loops = (types.For ?? 0) + (types.AsyncFor ?? 0) + (types.While ?? 0)
  metrics.ast_conditionals = (types.If ?? 0) + (types.IfExp ?? 0) + (types.Match ?? 0)
  metrics.ast_returns = types.Return ?? 0
  metrics.ast_comprehensions =
    (types.ListComp ?? 0) + (types.SetComp ?? 0) + (types.DictComp ?? 0) + (types.GeneratorExp ?? 0)
  metrics.ast_nesting_max = shape.maxNesting
  metrics.ast_recursive_functions = recursive
  metrics.cognitive_complexity = cognitiveComplexity(tree, recursive)
  metrics.ast_similarity = likeness?.edit ?? null
  metrics.ast_shared_subtrees = likeness?.sharedSubtrees ?? null
  return metrics
}
