import type { SweepProgress } from '../sweep/index.js'

const WIDTH = 24

/** A sweep's progress in a line of text: bar, count, rate, time left, tests passed so far. */
export function progressLine(progress: SweepProgress): string {
  const { done, total, generations, passed, milliseconds } = progress
  const filled = Math.round((WIDTH * done) / total)
  const seconds = milliseconds / 1000
  const parts = [
    `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${done}/${total} problems`,
    `${(generations / seconds).toFixed(1)} generations/s`,
    done < total ? `${Math.ceil((seconds / done) * (total - done))} s left` : `${seconds.toFixed(0)} s`,
  ]
  if (passed !== null) parts.push(`${passed} of ${generations} passed`)
  return parts.join(' · ')
}
