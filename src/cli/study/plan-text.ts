import type { SweepEstimate } from '../../index.js'
import { duration } from '../../text/duration.js'
import { listNames } from '../../text/list-names.js'

/** A dry run's plan, for people. */
export function planText(estimate: SweepEstimate): string {
  const { units, arms, generations, tokens, memory, calibration, milliseconds } = estimate
  const { thinking, generation } = calibration
  const source = tokens.from === 'stored' ? 'by the means of what is stored' : 'at most'
  const stage = ({ prefill, step }: typeof thinking) => `prefill ${duration(prefill)}, step ${duration(step)}`
  return `units        ${units.total} (problem × sample), ${units.stored} stored
arms         ${arms.length}: ${listNames(arms)}
generations  ${generations.total}, ${generations.stored} stored
tokens       ${tokens.thinking} of thinking, ${tokens.generation} of generation left, ${source}
memory       ${megabytes(memory.total)} at most: weights ${megabytes(memory.weights)}, cache ${megabytes(memory.cache)}, computing ${megabytes(memory.compute)}
time         ${milliseconds === 0 ? 'nothing is left' : `${duration(milliseconds)} left, ${source}; tests and metrics run beside it`}
measured     ${calibration.units} units at once, ${calibration.tokens} tokens each, without injections:
             thinking ${stage(thinking)}; generation of ${calibration.arms} arms ${stage(generation)}`
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
