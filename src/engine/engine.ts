import { setMaxListeners } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Backend } from './backend.js'
import { checkCrv, checkInterventions, checkLayer, type Arm, type Interventions } from './arm.js'
import {
  captureToFile,
  namedInputs,
  type CaptureOptions,
  type CaptureSummary,
  type CaptureToOptions,
  type NamedTokens,
  type Texts,
} from './capture-file.js'
import { Crv } from './crv.js'
import { BATCH_SIZE, Decoder, SEQUENCES } from './decoder.js'
import {
  cacheBytesOf,
  checkOptions,
  flashAttentionOf,
  lanesOf,
  threadsOf,
  type EngineOptions,
} from './engine-options.js'
import { ClosedError, ContextSizeError, InputError, callNative, callNativeSync } from './errors.js'
import { RunningGeneration, type Generation, type TokenReader } from './generation.js'
import { estimateMemory, type MemoryEstimate } from './gguf/memory.js'
import type { Place } from './feed.js'
import type { Job } from './job.js'
import { Lane } from './lane.js'
import { contextsOf, layOut } from './layout.js'
import { Lens } from './lens.js'
import { loadModel, type LoadedModel } from './load.js'
import { modelInfo, type ModelInfo } from './model-info.js'
import type { NativeModel } from './native.js'
import { resolveOptions, type GenerateOptions, type Input, type ResolvedOptions } from './options.js'
import { Pass } from './pass.js'
import { armPlan } from './plans.js'
import { Scheduler } from './scheduler.js'

/** A turn of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** One loaded model: captures hidden states and generates with interventions between its layers. */
export class Engine {
  readonly model: ModelInfo
  /** The accelerator that computes; `false`: none. */
  readonly gpu: Backend['gpu']
  /** Arms that are decoded together with gain. */
  readonly lanes: number
  readonly #native: NativeModel
  readonly #decoder: Decoder
  readonly #scheduler: Scheduler
  readonly #flashAttention: boolean
  readonly #memory: (cells: number) => MemoryEstimate
  readonly #bosToken: number
  readonly #hasTokenizer: boolean
  readonly #captured = new WeakSet<Crv>()
  readonly #reader: TokenReader = {
    isEnd: (token) => this.#native.isEnd(token),
    bytes: (token) => (this.#hasTokenizer ? this.#native.piece(token, false) : new Uint8Array()),
  }
  #closed: Promise<void> | undefined

  private constructor(options: EngineOptions, { header, native, backend }: LoadedModel) {
    const info = native.info()
    this.#native = native
    this.#bosToken = info.bosToken
    this.#hasTokenizer = info.hasTokenizer
    this.model = modelInfo(options, header, info)
    this.#flashAttention = flashAttentionOf(options, info.sizeBytes, backend.gpu === false)
    this.#memory = (cells) =>
      estimateMemory(header, {
        cells,
        cacheBytes: cacheBytesOf(options),
        rows: BATCH_SIZE,
        outputs: SEQUENCES,
        flashAttention: this.#flashAttention,
      })
    const bytesOf = (cells: number) => this.#memory(cells).total
    this.#decoder = new Decoder(native, {
      threads: threadsOf(options, info.sizeBytes),
      flashAttention: this.#flashAttention,
      f32Cache: options.cacheType === 'f32',
      bytesPerCell: (bytesOf(2 ** 17) - bytesOf(2 ** 16)) / 2 ** 16,
      freeGpuBytes: () => backend.freeGpuBytes(),
    })
    this.gpu = backend.gpu
    this.lanes = lanesOf(info.sizeBytes, backend.gpu === false)
    this.#scheduler = new Scheduler(this.#decoder, options.exact ?? false)
  }

  /**
   * Loads a model.
   * @throws {@link ModelError} for a file that cannot be used, `MODEL_TOO_LARGE` (with the numbers) for one that does
   * not fit the memory; {@link InputError} for an option out of range; {@link EngineError} when the libraries fail.
   */
  static async open(options: EngineOptions): Promise<Engine> {
    checkOptions(options)
    const engine = new Engine(options, await loadModel(options))
    try {
      await engine.#decoder.reserve(1, 1)
      await callNative(() => engine.#decoder.context.probe())
      return engine
    } catch (error) {
      await engine.close()
      throw error
    }
  }

  /** What model, cache and computing take, with as many cells in the cache. See {@link estimateMemory}. */
  memoryFor(cells: number): MemoryEstimate {
    return this.#memory(cells)
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
    const tokens = this.#captureTokens(input, 'The text')
    const layers = this.#captureLayers(options.layers ?? 'all')
    const { hiddenSize } = this.model
    const states = new Map<number, Float32Array>()
    const startedAt = performance.now()
    const onRows = (rows: number) => {
      const [done, totalTokens] = [Number(rows === tokens.length), tokens.length]
      const milliseconds = performance.now() - startedAt
      options.onProgress?.({ done, total: 1, tokens: rows, totalTokens, milliseconds })
    }
    const open = (place: Place) => {
      for (const layer of layers) states.set(layer, new Float32Array(tokens.length * hiddenSize))
      return new Pass(place, { tokens, base: 0, hiddenSize, captures: states, onRows })
    }
    await this.#scheduler.run({ contexts: [], cells: tokens.length, plan: () => null, open }, options.signal)
    const crv = new Crv({ states, tokens, hiddenSize })
    this.#captured.add(crv)
    return crv
  }

  /**
   * Captures many texts into one safetensors file, in the layout that {@link CrvWriter} documents. Several run at
   * once; each is written as soon as it is captured, so that only a few are in memory. An existing file is replaced
   * once all is done.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link TensorFileError}, {@link ClosedError}; the signal's
   * reason when aborted. Nothing is left on the disk then.
   */
  async captureTo(path: string, texts: Texts, options: CaptureToOptions = {}): Promise<CaptureSummary> {
    this.#requireOpen()
    const layers = this.#captureLayers(options.layers ?? 'all')
    const entries: NamedTokens[] = []
    for (const [name, input] of namedInputs(texts)) {
      entries.push({ name, tokens: this.#captureTokens(input, `The text '${name}'`) })
      if (entries.length % 64 > 0) continue
      await nextTurn() // tokenising thousands of texts should not stop everything else
      options.signal?.throwIfAborted()
    }
    return captureToFile(path, entries, { ...options, layers, model: this.model }, (tokens, signal) =>
      this.capture(tokens, { layers, signal }),
    )
  }

  /** {@link generateArms} with one arm. */
  async generate(input: Input, options: GenerateOptions & Interventions = {}): Promise<Generation> {
    const { injections, steering, replacements } = options
    const [generation] = await this.generateArms(
      input,
      [{ name: '', injections, steering, replacements }],
      options,
    )
    return generation!
  }

  /**
   * Generates from one prompt under several interventions, decoded together.
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
    if (resolved.attentionShares && this.#flashAttention)
      throw new InputError(
        'NEEDS_PLAIN_ATTENTION',
        'attentionShares was asked for, but flash attention never writes the shares down.',
        'Open the session with flashAttention: false.',
      )
    const jobs = arms.map((arm) => this.#laneJob(arm, prompt, resolved))
    // When one arm fails, the others would be in vain.
    const failing = new AbortController()
    const fail = (reason: unknown) => {
      failing.abort(reason)
    }
    const abort = () => {
      fail(resolved.signal!.reason)
    }
    if (resolved.signal) setMaxListeners(0, resolved.signal) // one a call, and there may be many
    if (resolved.signal?.aborted) abort()
    resolved.signal?.addEventListener('abort', abort, { once: true })
    const running = jobs.map((job) => this.#scheduler.run(job, failing.signal))
    for (const generation of running) generation.catch(fail)
    try {
      return await Promise.all(running)
    } finally {
      resolved.signal?.removeEventListener('abort', abort)
    }
  }

  /**
   * The logit lens (nostalgebraist 2020): reads a CRV's hidden states at the input of a layer through the model's
   * final norm and output head, as if no layer followed.
   * @returns logits, row-major `[crv.tokenCount, vocabularySize]`.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   */
  async logitLens(crv: Crv, layer: number, options: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    this.#requireOpen()
    checkCrv(crv, this.model)
    this.#requireRoom(crv.tokenCount, 'The CRV')
    const { hiddenSize, vocabularySize, layerCount } = this.model
    const rows = { states: crv.at(layer), rows: crv.tokenCount, hiddenSize, vocabularySize, layerCount }
    return this.#scheduler.run(
      { contexts: [], cells: rows.rows, plan: () => null, open: (place) => new Lens(place, rows) },
      options.signal,
    )
  }

  /** What is in use of the cache: all zero when nothing runs. */
  get usage(): Scheduler['usage'] {
    return this.#scheduler.usage
  }

  /** Frees the model. What is running is aborted first. Safe to call twice. */
  close(): Promise<void> {
    this.#closed ??= this.#scheduler.close().then(() => {
      this.#decoder.close()
      this.#native.close()
    })
    return this.#closed
  }

  #laneJob(arm: Arm, prompt: readonly number[], options: ResolvedOptions): Job<Generation> {
    const { layerCount, hiddenSize } = this.model
    const isCaptured = (crv: Crv) => this.#captured.has(crv)
    checkInterventions(arm, this.model, prompt.length, isCaptured)
    const layout = layOut(arm.injections ?? [], layerCount, isCaptured)
    const limit = this.#roomFor(prompt.length, layout.base)
    return {
      contexts: contextsOf(layout),
      cells: prompt.length + Math.min(options.maxTokens, limit),
      plan: (sequenceOf) => armPlan(arm, layout, prompt.length, layerCount, hiddenSize, sequenceOf),
      open: (place) => {
        const { context } = this.#decoder
        const sampler = context.defineSampler(options.sampling)
        return new Lane(place, {
          prompt,
          base: layout.base,
          sampler,
          logits: options.logits,
          attention: options.attentionShares,
          generation: new RunningGeneration(arm.name, this.#reader, options, limit),
          release: () => {
            context.releaseSampler(sampler)
          },
        })
      },
    }
  }

  #captureLayers(layers: 'all' | readonly number[]): number[] {
    const { layerCount } = this.model
    if (layers === 'all') return Array.from({ length: layerCount }, (_, layer) => layer)
    for (const layer of layers) checkLayer('layers', layer, 0, layerCount - 1)
    return [...new Set(layers)]
  }

  #captureTokens(input: Input, what: string): number[] {
    const tokens = this.#tokens(input, what)
    this.#requireRoom(tokens.length, what)
    return tokens
  }

  #requireRoom(tokens: number, what: string): void {
    const { contextSize } = this.model
    if (tokens <= contextSize) return
    throw new ContextSizeError(
      'CONTEXT_SIZE',
      `${what} has ${tokens} tokens; the context size is ${contextSize}.`,
      'Shorten it, or give createSession() a larger contextSize.',
    )
  }

  #tokens(input: Input, what = 'The input'): number[] {
    const tokens = typeof input === 'string' ? this.tokenize(input) : this.#checkTokens(Array.from(input))
    if (tokens.length === 0)
      throw new InputError('EMPTY_INPUT', `${what} has no tokens.`, 'Give a text or tokens.')
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

  /** New tokens that fit behind a context and a prompt; at least one. */
  #roomFor(promptTokens: number, contextTokens: number): number {
    const { contextSize, slidingWindow } = this.model
    // Layers with a window would forget the injected rows that lie behind it.
    const isWindowed = contextTokens > 0 && slidingWindow !== null && slidingWindow < contextSize
    const size = isWindowed ? slidingWindow : contextSize
    if (promptTokens + contextTokens < size) return size - promptTokens - contextTokens
    const given = `The prompt has ${promptTokens} tokens and the context ${contextTokens}`
    if (isWindowed)
      throw new ContextSizeError(
        'SLIDING_WINDOW',
        `${given}; an arm with injections may be as long as this model's sliding window, ${size}.`,
        'Shorten the context or the prompt, or use a model without sliding-window attention.',
      )
    throw new ContextSizeError(
      'CONTEXT_SIZE',
      `${given}; the context size is ${size}.`,
      'Shorten them, or give createSession() a larger contextSize.',
    )
  }

  #requireOpen(): void {
    if (this.#closed) throw new ClosedError()
  }
}
