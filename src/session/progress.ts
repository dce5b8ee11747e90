import type { CaptureProgress } from '../engine/index.js'
import { depthSketch } from '../analysis/index.js'
import type { SweepProgress } from '../sweep/index.js'
import { ambientDisplay } from './ambient.js'

const WIDTH = 24
/** Milliseconds between two pictures of progress. */
const PATIENCE = 250

/** A sweep's progress in a line of text: bar, count, rate, time left, tests passed so far. */
export function progressLine({ done, total, generations, passed, milliseconds }: SweepProgress): string {
  const seconds = milliseconds / 1000
  const parts = [
    `${bar(done / total)} ${done}/${total} problems`,
    `${(generations / seconds).toFixed(1)} generations/s`,
    time(done / total, seconds),
  ]
  if (passed !== null) parts.push(`${passed} of ${generations} passed`)
  return parts.join(' · ')
}

/** Shows how far a sweep is in the running cell, with its depth curve as it grows; undefined: there is no cell. */
export function sweepInCell(): ((progress: SweepProgress) => void) | undefined {
  return inCell((progress: SweepProgress) => {
    const line = progressLine(progress)
    const sketch = depthSketch(progress.records)
    return { 'text/plain': line, ...(sketch && { 'text/html': `<div>${line}</div>${sketch}` }) }
  })
}

/** Shows how far a capture to a file is in the running cell; undefined: there is no cell. */
export function captureInCell(): ((progress: CaptureProgress) => void) | undefined {
  return inCell(({ done, total, tokens, totalTokens, milliseconds }: CaptureProgress) => {
    const seconds = milliseconds / 1000
    const parts = [
      `${bar(tokens / totalTokens)} ${done}/${total} texts`,
      `${(tokens / seconds).toFixed(0)} tokens/s`,
      time(tokens / totalTokens, seconds),
    ]
    return { 'text/plain': parts.join(' · ') }
  })
}

/** Updates one place of the running cell: at most some times a second, and at the end. */
function inCell<Progress extends { readonly done: number; readonly total: number }>(
  bundle: (progress: Progress) => Readonly<Record<string, string>>,
): ((progress: Progress) => void) | undefined {
  const display = ambientDisplay()
  if (!display) return undefined
  let handle: ReturnType<typeof display> | undefined
  let shownAt = -Infinity
  return (progress) => {
    const now = performance.now()
    if (now - shownAt < PATIENCE && progress.done < progress.total) return
    shownAt = now
    if (handle) handle.update(bundle(progress))
    else handle = display(bundle(progress))
  }
}

function bar(share: number): string {
  const filled = Math.round(WIDTH * share)
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
}

/** What is left at this rate, or at the end what it took. */
function time(share: number, seconds: number): string {
  return share < 1 ? `${Math.ceil((seconds / share) * (1 - share))} s left` : `${seconds.toFixed(0)} s`
}
