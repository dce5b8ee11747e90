import { stat } from 'node:fs/promises'
import { CrvWriter, type CrvWriterOptions } from './crv-writer.js'
import type { Crv } from './crv.js'
import { InputError } from './errors.js'
import type { Input } from './options.js'

/** Texts to capture: a list, whose CRVs are named `'0'`, `'1'`, …, or by name. */
export type Texts = readonly Input[] | Readonly<Record<string, Input>>

/** What to capture. */
export interface CaptureOptions {
  /** Default `'all'`. */
  readonly layers?: 'all' | readonly number[] | undefined
  readonly signal?: AbortSignal | undefined
  /** Called after every text; of a single text, after every part of it. What it throws ends the capture. */
  readonly onProgress?: ((progress: CaptureProgress) => void) | undefined
}

/** How to capture texts to a file. A signal that aborts leaves nothing on the disk. */
export interface CaptureToOptions extends CaptureOptions {
  /** `'f32'` (default): exact. `'f16'`: half the size, 11 significant bits, up to ±65504. */
  readonly type?: 'f32' | 'f16' | undefined
  /** Your own notes, kept in the file. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** How far a capture is. */
export interface CaptureProgress {
  /** Texts that are captured, and in the file if there is one. */
  readonly done: number
  readonly total: number
  /** Tokens that are captured. */
  readonly tokens: number
  readonly totalTokens: number
  /** Since the call. */
  readonly milliseconds: number
}

/** What a capture to a file wrote. */
export interface CaptureSummary {
  readonly path: string
  /** Of the CRVs, in the order of the texts. */
  readonly names: readonly string[]
  /** Ascending. */
  readonly layers: readonly number[]
  /** Of all texts together. */
  readonly tokenCount: number
  /** Size of the file. */
  readonly bytes: number
  readonly milliseconds: number
}

/** A text in tokens, and the name of its CRV. */
export interface NamedTokens {
  readonly name: string
  readonly tokens: readonly number[]
}

/** Captured texts that may be in memory at once, and bytes that their states may take; one text always may. */
const AT_ONCE = 16
const LARGEST_BYTES = 512e6

/** @throws {@link InputError} `NO_CRVS`. */
export function namedInputs(texts: Texts): [name: string, input: Input][] {
  // Of a list, the keys are '0', '1', …
  const named = Object.entries(texts)
  if (named.length > 0) return named
  throw new InputError('NO_CRVS', 'There are no texts to capture.', 'Give at least one.')
}

/**
 * Captures texts, several at once, and writes each CRV as it comes. When it fails, nothing is left on the disk.
 * @param capture - captures one text; called while others run
 */
export async function captureToFile(
  path: string,
  texts: readonly NamedTokens[],
  options: CaptureToOptions & Pick<CrvWriterOptions, 'model'> & { readonly layers: readonly number[] },
  capture: (tokens: readonly number[], signal: AbortSignal) => Promise<Crv>,
): Promise<CaptureSummary> {
  const { layers, onProgress } = options
  const start = performance.now()
  const totalTokens = texts.reduce((sum, { tokens }) => sum + tokens.length, 0)
  const failing = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failing.signal]) : failing.signal
  signal.throwIfAborted()
  const writer = await CrvWriter.create(path, { ...options, entries: texts })
  let [done, tokensDone] = [0, 0]
  const writeOne = async ({ name, tokens }: NamedTokens) => {
    await writer.write(name, await capture(tokens, signal))
    signal.throwIfAborted()
    done++
    tokensDone += tokens.length
    const milliseconds = performance.now() - start
    onProgress?.({ done, total: texts.length, tokens: tokensDone, totalTokens, milliseconds })
  }
  const running = new Set<Promise<void>>() // none rejects: the first error aborts the signal
  const fail = (error: unknown) => {
    failing.abort(error)
  }
  let bytes = 0
  for (const text of texts) {
    const size = text.tokens.length * options.model.hiddenSize * layers.length * 4
    while (running.size === AT_ONCE || (running.size > 0 && bytes + size > LARGEST_BYTES))
      await Promise.race(running)
    if (signal.aborted) break
    bytes += size
    const one = writeOne(text)
      .catch(fail)
      .finally(() => {
        running.delete(one)
        bytes -= size
      })
    running.add(one)
  }
  await Promise.all(running)
  if (signal.aborted) {
    await writer.abort()
    throw signal.reason as Error
  }
  await writer.close()
  return {
    path,
    names: texts.map(({ name }) => name),
    layers: [...layers].sort((a, b) => a - b),
    tokenCount: totalTokens,
    bytes: (await stat(path)).size,
    milliseconds: performance.now() - start,
  }
}
