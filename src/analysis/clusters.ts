/**
 * The values of one problem, summed. Problems, not rows, are drawn at random from a population: samples of one
 * problem resemble each other, so intervals and tests take the problem as their unit.
 */
export interface Cluster {
  readonly taskId: number
  readonly sum: number
  readonly count: number
}

/** Sums values by problem, nulls skipped; problems without a value do not occur. In the order of first sight. */
export function clusters(values: Iterable<readonly [taskId: number, value: number | null]>): Cluster[] {
  const byProblem = new Map<number, Cluster>()
  for (const [taskId, value] of values) {
    if (value === null) continue
    const { sum, count } = byProblem.get(taskId) ?? { sum: 0, count: 0 }
    byProblem.set(taskId, { taskId, sum: sum + value, count: count + 1 })
  }
  return [...byProblem.values()]
}

/** The mean over all values of all problems. `null` where there is none. */
export function clusterMean(all: readonly Cluster[]): number | null {
  let sum = 0
  let count = 0
  for (const cluster of all) {
    sum += cluster.sum
    count += cluster.count
  }
  return count === 0 ? null : sum / count
}
