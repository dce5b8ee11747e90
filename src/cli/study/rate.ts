import type { QueueState, SweepProgress } from '../../index.js'
import { duration } from '../../text/duration.js'

/** How fast a sweep computes; what was stored before costs no time and counts for nothing. */
export function rateOf({ computed, done, total, milliseconds }: SweepProgress): {
  readonly generationsPerSecond: number
  readonly millisecondsLeft: number
} {
  return {
    generationsPerSecond: computed.generations / (milliseconds / 1000),
    millisecondsLeft: (milliseconds / computed.units) * (total - done),
  }
}

/** A sweep's progress in a line: units, rate, time left, arms done, tests passed and failed. */
export function progressText(progress: SweepProgress): string {
  const { done, total, generations, passed, milliseconds } = progress
  const { generationsPerSecond, millisecondsLeft } = rateOf(progress)
  return [
    `${done}/${total} units`,
    `${generations} generations`,
    `${generationsPerSecond.toFixed(1)}/s`,
    done < total ? `${duration(millisecondsLeft)} left` : duration(milliseconds),
    ...(passed === null ? [] : [`${passed} passed`, `${generations - passed} failed`]),
  ].join(' · ')
}

/** A queue's workers in words. */
export function queueText({ workers, retried, failed }: QueueState): string {
  return [
    `${workers} workers`,
    ...(retried > 0 ? [`${retried} retried`] : []),
    ...(failed > 0 ? [`${failed} set aside`] : []),
  ].join(' · ')
}
