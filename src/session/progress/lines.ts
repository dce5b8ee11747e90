import type { CaptureProgress } from '../../engine/index.js'
import type { SweepProgress } from '../../sweep/index.js'
import { duration } from '../../text/duration.js'

/** Of a bar: the line fits a terminal, behind the place of the cell. */
const WIDTH = 16

/** A sweep's progress in a line of text: bar, count, rate, time left, tests passed so far. */
export function progressLine(progress: SweepProgress): string {
  const { done, total, computed, generations, passed, milliseconds } = progress
  return line(
    `${bar(done / total)} ${done}/${total} problems`,
    `${(computed.generations / (milliseconds / 1000)).toFixed(1)} generations/s`,
    // What was stored took no time.
    time(computed.units / (computed.units + total - done), milliseconds),
    passed === null ? '' : `${passed} of ${generations} passed`,
  )
}

/** A capture to a file in a line: bar, count, rate, time left. */
export function captureLine({ done, total, tokens, totalTokens, milliseconds }: CaptureProgress): string {
  const share = tokens / totalTokens
  return line(`${bar(share)} ${done}/${total} texts`, rate(tokens, milliseconds), time(share, milliseconds))
}

/** Tokens in a line: how many of at most how many, and how fast. */
export function tokenLine(what: string, tokens: number, most: number, milliseconds: number): string {
  return line(`${what} ${bar(tokens / most)} ${tokens} of ${most} tokens`, rate(tokens, milliseconds))
}

/** A download in a line: how much of how much, how fast, and what is left. */
export function downloadLine(name: string, bytes: number, total: number, milliseconds: number): string {
  const share = bytes / total
  return line(
    `downloading ${name} ${bar(share)} ${(bytes / 1e9).toFixed(2)} of ${(total / 1e9).toFixed(2)} GB`,
    `${(bytes / 1e3 / milliseconds).toFixed(1)} MB/s`,
    time(share, milliseconds),
  )
}

/** The loading of a model in a line: bar, percent, time left. */
export function loadLine(name: string, share: number, milliseconds: number): string {
  return line(`loading ${name} ${bar(share)} ${Math.round(share * 100)} %`, time(share, milliseconds))
}

function line(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ')
}

function bar(share: number): string {
  const filled = Math.round(WIDTH * Math.min(1, share || 0))
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
}

function rate(tokens: number, milliseconds: number): string {
  return `${Math.round(tokens / (milliseconds / 1000))} tokens/s`
}

/** What is left at this rate, or at the end what it took; `''` before anything is done. */
function time(share: number, milliseconds: number): string {
  if (share >= 1) return duration(milliseconds)
  return share > 0 ? `${duration((milliseconds / share) * (1 - share))} left` : ''
}
