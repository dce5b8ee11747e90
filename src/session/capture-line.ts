import type { CaptureProgress } from '../engine/index.js'

const WIDTH = 24

/** Progress of a capture to a file in a line of text: bar, count, rate, time left. */
export function captureLine({ done, total, tokens, totalTokens, milliseconds }: CaptureProgress): string {
  const filled = Math.round((WIDTH * tokens) / totalTokens)
  const seconds = milliseconds / 1000
  return [
    `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${done}/${total} texts`,
    `${(tokens / seconds).toFixed(0)} tokens/s`,
    done < total
      ? `${Math.ceil((seconds / tokens) * (totalTokens - tokens))} s left`
      : `${seconds.toFixed(0)} s`,
  ].join(' · ')
}
