import type { Cluster } from '../clusters.js'
import { checkedBootstrap, type BootstrapOptions } from './bootstrap.js'
import { seededRandom } from './random.js'

/**
 * How often each arm has the largest mean when problems are resampled whole with replacement, the same problems for
 * every arm in a resample: the arms stay paired. Arms that tie share a resample.
 *
 * The share says how firmly the data point at an arm; it is no probability that the arm is the best, and where two
 * arms are equal in truth no number of problems makes it settle.
 *
 * @param arms the problems of each arm, the same ones or some of them; their order belongs to the result
 * @returns one share per arm, together 1. `null` for fewer than two problems.
 */
export function shareBest(
  arms: readonly (readonly Cluster[])[],
  options: BootstrapOptions = {},
): number[] | null {
  const { seed, resamples } = checkedBootstrap(options)
  const problems = [...new Set(arms.flatMap((arm) => arm.map((cluster) => cluster.taskId)))]
  const n = problems.length
  if (n < 2) return null
  const place = new Map(problems.map((taskId, i) => [taskId, i]))
  const columns = arms.map((arm) => {
    const sums = new Float64Array(n)
    const counts = new Float64Array(n)
    for (const { taskId, sum, count } of arm) {
      sums[place.get(taskId)!] = sum
      counts[place.get(taskId)!] = count
    }
    return { sums, counts }
  })
  const random = seededRandom(seed)
  const shares = arms.map(() => 0)
  let counted = 0
  const drawn = new Int32Array(n)
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < n; i++) drawn[i] = Math.floor(random() * n)
    const means = columns.map(({ sums, counts }) => {
      let sum = 0
      let count = 0
      for (let i = 0; i < n; i++) {
        sum += sums[drawn[i]!]!
        count += counts[drawn[i]!]!
      }
      return count === 0 ? -Infinity : sum / count
    })
    const largest = Math.max(...means)
    if (largest === -Infinity) continue
    // What rounding leaves between sums of the same numbers is a tie.
    const tied = means.map((mean) => mean >= largest - 1e-12 * Math.max(1, Math.abs(largest)))
    const share = 1 / tied.filter(Boolean).length
    tied.forEach((best, arm) => {
      if (best) shares[arm]! += share
    })
    counted++
  }
  return shares.map((share) => share / counted)
}
