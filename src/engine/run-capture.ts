import { Crv } from './crv.js'
import type { Decoder, Row } from './decoder.js'

/** What is captured of which tokens. */
interface CaptureJob {
  readonly tokens: readonly number[]
  /** Without repetition. */
  readonly layers: readonly number[]
  readonly hiddenSize: number
  readonly signal: AbortSignal
}

/** One plain forward pass from position 0 that keeps the inputs of decoder layers. */
export async function runCapture(decoder: Decoder, job: CaptureJob): Promise<Crv> {
  const { tokens, layers, hiddenSize, signal } = job
  await decoder.reserve(tokens.length)
  const states = new Map<number, Float32Array>()
  try {
    for (let start = 0; start < tokens.length; start += decoder.batchSize) {
      const rows: Row[] = tokens
        .slice(start, start + decoder.batchSize)
        .map((token, index) => ({ token, position: start + index, sequence: 0, plan: -1, sampler: -1 }))
      const { captured } = await decoder.decode(rows, { captureLayers: Int32Array.from(layers) }, signal)
      layers.forEach((layer, index) => {
        const part = captured[index]!
        if (rows.length === tokens.length) {
          states.set(layer, part)
          return
        }
        if (start === 0) states.set(layer, new Float32Array(tokens.length * hiddenSize))
        states.get(layer)!.set(part, start * hiddenSize)
      })
    }
  } finally {
    decoder.context.removeSequence(0)
  }
  return new Crv({ states, tokens, hiddenSize })
}
