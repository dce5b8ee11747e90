import { availableParallelism } from 'node:os'
import { checkInterventions, checkLayer, type Arm, type Interventions } from './arm.js'
import { openBackend, type Backend, type GpuOption } from './backend.js'
import type { Crv } from './crv.js'
import { ARMS, Decoder } from './decoder.js'
import {
  ClosedError,
  ContextSizeError,
  InputError,
  ModelError,
  callNative,
  callNativeSync,
} from './errors.js'
import type { Generation } from './generation.js'
import { bytesPerCell } from './gguf/bytes-per-cell.js'
import { checkGguf } from './gguf/check.js'
import type { GgufHeader } from './gguf/types.js'
import { Mutex } from './mutex.js'
import { loadAddon, type NativeModel } from './native.js'
import { resolveOptions, type GenerateOptions, type Input } from './options.js'
import { cellsNeeded, runArms, type ArmsJob } from './run-arms.js'
import { runCapture } from './run-capture.js'

/** How to open a model. */
export interface EngineOptions {
  /** Path of a GGUF. */
  readonly path: string
  /** Default `'auto'`. */
  readonly gpu?: GpuOption | undefined
  /** Threads for the CPU's part of the work. Default: one for models under 64 MB, else all that this process may use. */
  readonly threads?: number | undefined
  /** Longest sequence (context, prompt and new tokens), in tokens. Default: the model's own, at most 8192. */
  readonly contextSize?: number | undefined
  /** Default true. Without it logits are closer to exact arithmetic, and decoding is slower. */
  readonly flashAttention?: boolean | undefined
  /** Numbers in which keys and values are kept. Default `'f16'`. */
  readonly cacheType?: 'f16' | 'f32' | undefined
}

/** What is known of the loaded model. */
export interface ModelInfo {
  readonly name: string
  /** As in the GGUF, e.g. `llama`. */
  readonly architecture: string
  readonly path: string
  /** Decoder layers. */
  readonly layerCount: number
  readonly hiddenSize: number
  readonly vocabularySize: number
  /** Longest sequence of this session, in tokens. */
  readonly contextSize: number
  /** Bytes of the weights. */
  readonly sizeBytes: number
}

/** What to capture. */
export interface CaptureOptions {
  /** Default `'all'`. */
  readonly layers?: 'all' | readonly number[] | undefined
  readonly signal?: AbortSignal | undefined
}

/** A turn of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** One loaded model: captures hidden states and generates with interventions between its layers. */
export class Engine {
  readonly model: ModelInfo
  readonly #native: NativeModel
  readonly #backend: Backend
  readonly #decoder: Decoder
  readonly #bosToken: number
  readonly #hasTokenizer: boolean
  readonly #mutex = new Mutex()
  readonly #captured = new WeakSet<Crv>()
  readonly #closing = new AbortController()
  #closed: Promise<void> | undefined

  private constructor(options: EngineOptions, header: GgufHeader, native: NativeModel, backend: Backend) {
    const info = native.info()
    const architecture = String(header.metadata.get('general.architecture'))
    this.#native = native
    this.#backend = backend
    this.#bosToken = info.bosToken
    this.#hasTokenizer = info.hasTokenizer
    this.model = {
      name: String(header.metadata.get('general.name') ?? architecture),
      architecture,
      path: options.path,
      layerCount: info.layerCount,
      hiddenSize: info.hiddenSize,
      vocabularySize: info.vocabularySize,
      contextSize: options.contextSize ?? Math.min(info.trainingContextSize, 8192),
      sizeBytes: info.sizeBytes,
    }
    this.#decoder = new Decoder(native, {
      threads: options.threads ?? defaultThreads(info.sizeBytes),
      flashAttention: options.flashAttention ?? true,
      f32Cache: options.cacheType === 'f32',
      bytesPerCell: bytesPerCell(
        header,
        info.layerCount,
        info.hiddenSize,
        options.cacheType === 'f32' ? 4 : 2,
      ),
      freeGpuBytes: () => backend.freeGpuBytes(),
    })
  }

  /**
   * Loads a model.
   * @throws {@link ModelError} for a file that cannot be used, {@link InputError} for an option out of range,
   * {@link EngineError} when the libraries or the memory fail.
   */
  static async open(options: EngineOptions): Promise<Engine> {
    checkOptions(options)
    const header = await checkGguf(options.path)
    const backend = await openBackend(options.gpu ?? 'auto')
    let native: NativeModel | undefined
    let engine: Engine | undefined
    try {
      native = await callNative(() => loadAddon().loadModel(options.path, backend.gpu === false ? 0 : -1))
      const { unsupportedReason } = native.info()
      if (unsupportedReason !== '')
        throw new ModelError(
          'UNSUPPORTED_ARCHITECTURE',
          `'${options.path}' cannot be used: ${unsupportedReason}.`,
          'Use a decoder-only transformer with full attention, such as LLaMA or Qwen2.',
        )
      engine = new Engine(options, header, native, backend)
      await engine.#decoder.reserve(1)
      await callNative(() => engine!.#decoder.context.probe())
      return engine
    } catch (error) {
      if (engine) engine.#decoder.close()
      native?.close()
      await backend.dispose()
      throw error
    }
  }

  /** Text → tokens, special tokens parsed, with the BOS token that the model wants in front. */
  tokenize(text: string): number[] {
    this.#requireOpen()
    const tokens = Array.from(callNativeSync(() => this.#native.tokenize(text, true, true)))
    // A text rendered by a chat template brings its own BOS.
    return this.#bosToken >= 0 && tokens[0] === this.#bosToken && tokens[1] === this.#bosToken
      ? tokens.slice(1)
      : tokens
  }

  /** Tokens → text, special tokens included. */
  detokenize(tokens: ArrayLike<number>): string {
    this.#requireOpen()
    const checked = Int32Array.from(this.#checkTokens(Array.from(tokens)))
    return callNativeSync(() => this.#native.detokenize(checked, true)).toString('utf8')
  }

  /** Renders a conversation with the model's chat template; the assistant's turn is opened at the end. */
  chat(messages: readonly ChatMessage[]): string {
    this.#requireOpen()
    return callNativeSync(() => this.#native.chat(messages))
  }

  /**
   * Runs one plain forward pass over a text from position 0 and keeps the input of decoder layers.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   */
  async capture(input: Input, options: CaptureOptions = {}): Promise<Crv> {
    this.#requireOpen()
    const tokens = this.#tokens(input)
    const layers = this.#captureLayers(options.layers ?? 'all')
    this.#checkFits(tokens.length, 0, 0)
    const crv = await this.#exclusive(options.signal, (signal) =>
      runCapture(this.#decoder, { tokens, layers, hiddenSize: this.model.hiddenSize, signal }),
    )
    this.#captured.add(crv)
    return crv
  }

  /** {@link generateArms} with one arm. */
  async generate(input: Input, options: GenerateOptions & Interventions = {}): Promise<Generation> {
    const { injections, steering } = options
    const [generation] = await this.generateArms(input, [{ name: '', injections, steering }], options)
    return generation!
  }

  /**
   * Generates from one prompt under several interventions, decoded together in one batch.
   * @returns one generation an arm, in the order of the arms.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   */
  async generateArms(
    input: Input,
    arms: readonly Arm[],
    options: GenerateOptions = {},
  ): Promise<Generation[]> {
    this.#requireOpen()
    const prompt = this.#tokens(input)
    const resolved = resolveOptions(options)
    for (const arm of arms) {
      checkInterventions(arm, this.model)
      this.#checkFits(prompt.length, arm.injections?.[0]?.crv.tokenCount ?? 0, 1)
    }
    return this.#exclusive(resolved.signal, async (signal) => {
      const job: ArmsJob = {
        prompt,
        arms,
        options: { ...resolved, signal },
        layerCount: this.model.layerCount,
        contextSize: this.model.contextSize,
        reader: {
          isEnd: (token) => this.#native.isEnd(token),
          bytes: (token) => (this.#hasTokenizer ? this.#native.piece(token, false) : new Uint8Array()),
        },
        isCaptured: (crv) => this.#captured.has(crv),
      }
      const generations: Generation[] = []
      while (generations.length < arms.length) {
        const wave = await this.#nextWave(job, generations.length)
        await this.#decoder.reserve(cellsNeeded(wave))
        generations.push(...(await runArms(this.#decoder, wave)))
      }
      return generations
    })
  }

  /** Frees the model. What is running is aborted first. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#mutex.run(async () => {
      this.#decoder.close()
      this.#native.close()
      await this.#backend.dispose()
    })
    this.#closing.abort(new ClosedError())
    return this.#closed
  }

  /** The arms from `start` on that fit the memory together: at least one. */
  async #nextWave(job: ArmsJob, start: number): Promise<ArmsJob> {
    const limit = await this.#decoder.cellLimit()
    for (let count = Math.min(ARMS, job.arms.length - start); ; count = Math.ceil(count / 2)) {
      const wave = { ...job, arms: job.arms.slice(start, start + count) }
      if (count === 1 || cellsNeeded(wave) <= limit) return wave
    }
  }

  #captureLayers(layers: 'all' | readonly number[]): number[] {
    const { layerCount } = this.model
    if (layers === 'all') return Array.from({ length: layerCount }, (_, layer) => layer)
    for (const layer of layers) checkLayer('layers', layer, 0, layerCount - 1)
    return [...new Set(layers)]
  }

  #tokens(input: Input): number[] {
    const tokens = typeof input === 'string' ? this.tokenize(input) : this.#checkTokens(Array.from(input))
    if (tokens.length === 0)
      throw new InputError('EMPTY_INPUT', 'The input has no tokens.', 'Give a text or tokens.')
    return tokens
  }

  #checkTokens(tokens: number[]): number[] {
    const { vocabularySize } = this.model
    for (const token of tokens)
      if (!Number.isInteger(token) || token < 0 || token >= vocabularySize)
        throw new InputError(
          'TOKEN_OUT_OF_RANGE',
          `Token ${String(token)} is not in this model's vocabulary of ${vocabularySize}.`,
          `Give whole numbers from 0 to ${vocabularySize - 1}.`,
        )
    return tokens
  }

  #checkFits(promptTokens: number, contextTokens: number, newTokens: number): void {
    const { contextSize } = this.model
    if (promptTokens + contextTokens + newTokens <= contextSize) return
    throw new ContextSizeError(
      'CONTEXT_SIZE',
      `The prompt has ${promptTokens} tokens and the context ${contextTokens}; the context size is ${contextSize}.`,
      'Shorten them, or give createSession() a larger contextSize.',
    )
  }

  /** Runs a task alone on the decoder, with a signal that also fires when the engine closes. */
  #exclusive<T>(signal: AbortSignal | undefined, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const both = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal
    return this.#mutex.run(() => task(both), both)
  }

  #requireOpen(): void {
    if (this.#closed) throw new ClosedError()
  }
}

function checkOptions(options: EngineOptions): void {
  const whole = (name: 'threads' | 'contextSize', high: number) => {
    const value = options[name]
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= high)) return
    throw new InputError(
      'OPTION_OUT_OF_RANGE',
      `${name} is ${String(value)}; expected a whole number from 1 to ${high}.`,
      `Change ${name}.`,
    )
  }
  whole('threads', 512)
  whole('contextSize', 2 ** 24)
}

/** Small models gain little from threads, and lose much on a busy machine: see docs/decisions/steps-from-typescript.md. */
function defaultThreads(sizeBytes: number): number {
  return sizeBytes < 64e6 ? 1 : availableParallelism()
}
