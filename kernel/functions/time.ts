import { duration } from '../../src/text/duration.js'
import { endWait } from '../execute/guards.js'
import { currentTurn } from '../execute/owners.js'

/** How to measure. */
export interface TimeOptions {
  /** Run it so often, and show median and extremes. Default 1. */
  runs?: number
}

/** Runs a function, prints how long it took, and returns its value; of several runs, the last one's. */
export function time<T>(work: () => T, options?: TimeOptions): Promise<Awaited<T>>
export function time<T>(label: string, work: () => T, options?: TimeOptions): Promise<Awaited<T>>
export function time<T>(
  first: string | (() => T),
  second?: TimeOptions | (() => T),
  third?: TimeOptions,
): Promise<Awaited<T>> {
  if (typeof first === 'string') return measure(first, second as () => T, third)
  return measure(first.name, first, second as TimeOptions)
}

async function measure<T>(label: string, work: () => T, { runs = 1 }: TimeOptions = {}): Promise<Awaited<T>> {
  const begun = currentTurn()
  const times: number[] = []
  let value: Awaited<T>
  do {
    const start = performance.now()
    value = endWait(begun, await work())
    times.push(performance.now() - start)
  } while (times.length < runs)
  console.log(`${label === '' ? 'took' : `${label}:`} ${summary(times.sort((a, b) => a - b))}`)
  return value
}

function summary(sorted: readonly number[]): string {
  if (sorted.length === 1) return duration(sorted[0]!)
  const [before, after] = [sorted[Math.ceil(sorted.length / 2) - 1]!, sorted[Math.floor(sorted.length / 2)]!]
  const extremes = `${duration(sorted[0]!)} – ${duration(sorted.at(-1)!)}`
  return `median ${duration((before + after) / 2)} (${extremes}, ${sorted.length} runs)`
}
