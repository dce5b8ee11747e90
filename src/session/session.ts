import {
  ClosedError,
  Engine,
  type Arm,
  MAX_TOKENS,
  type CaptureOptions,
  type CaptureProgress,
  type CaptureSummary,
  type CaptureToOptions,
  type ChatMessage,
  type Crv,
  type EngineOptions,
  type GenerateOptions,
  type Generation,
  type Input,
  type Interventions,
  type ModelInfo,
  type Texts,
} from '../engine/index.js'
import { abortable } from '../abortable.js'
import { createEvaluator, type Evaluator } from '../evaluation/index.js'
import {
  chatPrompt,
  generateAdaptive,
  loadPrompts,
  MAX_THINKING_TOKENS,
  resolveDepths,
  think,
  type AdaptiveGeneration,
  type AdaptiveOptions,
  type NamedArm,
  type PromptFiles,
  type PromptProblem,
  type Prompts,
  type Thinking,
  type ThinkOptions,
} from '../nir/index.js'
import { loadProblems, type Problem, type ProblemSource } from '../problems/index.js'
import {
  isStudy,
  resolveArms,
  runSweep,
  StudyStore,
  writeFailedUnits,
  type ArmOptions,
  type StudyConfig,
  type SweepOptions,
  type SweepRecord,
  type SweepTools,
} from '../sweep/index.js'
import { planSweep } from '../sweep/plan.js'
import { Thesis } from '../thesis/index.js'
import { withAmbientSignal } from './ambient.js'
import { estimateSweep, type SweepEstimate } from './estimate.js'
import { resolveModel } from './open-model.js'
import { help, type Help } from './help/help.js'
import { showingTokens } from './progress/tokens.js'
import { captureInCell, loadInCell, sweepInCell } from './progress/work.js'
import { openStudy, type Study } from './study.js'
import { sessionEnvironment, storedWork, studySettings, studyWork, type SessionEngine } from './study-work.js'
import { Sweep, SweepEndedError } from './sweep.js'
import { visibly } from './visible-sweep.js'

/** Options of {@link createSession}. */
export interface SessionOptions extends Omit<EngineOptions, 'path' | 'onLoad'> {
  /**
   * The model: path of a GGUF, or a URI that node-llama-cpp resolves (`hf:user/repository:Q4_K_M`). Default: the
   * small model that comes with NIR Lab.
   */
  readonly model?: string | undefined
  /** Prompt template files that replace ours. */
  readonly prompts?: PromptFiles | undefined
}

/**
 * Opens a model for capture, injection and sweeps.
 * @throws {@link ModelError}, {@link InputError}, {@link EngineError}, {@link PromptError}
 * @example
 * const nir = await createSession()
 * const crv = await nir.capture('Proposed solution context: return the sum of the list')
 * const { text } = await nir.generate('def total(xs):', { injections: [{ crv, layer: 6 }], maxTokens: 40 })
 * await nir.close()
 */
export async function createSession(options: SessionOptions = {}): Promise<Session> {
  const { model, prompts: files, ...rest } = options
  const prompts = loadPrompts(files)
  const path = await resolveModel(model)
  return new Session(await Engine.open({ ...rest, path, onLoad: loadInCell(path) }), prompts, rest)
}

/** Where {@link Session.sweep} keeps its work. */
export interface StudyOptions {
  /** The study's folder. Default: nothing is kept. */
  readonly study?: string | undefined
  /** The configuration that the options come from (see {@link sweepOptions}); the study keeps it with the run. */
  readonly config?: StudyConfig | undefined
}

/** What {@link Session.help} is asked for: a name (`'sweep'`, `'sweep.table'`), or the function itself. */
export type HelpTopic = keyof Session | (string & {}) | ((...args: never[]) => unknown)

/** A loaded model and everything that is done with it. Made by {@link createSession}. */
export class Session {
  readonly #engine: Engine
  readonly #prompts: Prompts
  readonly #options: SessionEngine
  #evaluator: Promise<Evaluator> | undefined
  #closed = false

  /** @internal */
  constructor(engine: Engine, prompts: Prompts, options: SessionEngine) {
    this.#engine = engine
    this.#prompts = prompts
    this.#options = options
  }

  /**
   * What is known of the loaded model.
   * @category Model and text
   * @example
   * const { layerCount, hiddenSize, contextSize } = nir.model
   */
  get model(): ModelInfo {
    return this.#engine.model
  }

  /**
   * Text → tokens, special tokens parsed, with the BOS token that the model wants in front.
   * @category Model and text
   * @example
   * const tokens = nir.tokenize('def add(a, b):')
   */
  tokenize(text: string): number[] {
    return this.#engine.tokenize(text)
  }

  /**
   * Tokens → text, special tokens included.
   * @category Model and text
   * @example
   * nir.detokenize(nir.tokenize('def add(a, b):').slice(0, 3))
   */
  detokenize(tokens: ArrayLike<number>): string {
    return this.#engine.detokenize(tokens)
  }

  /**
   * Renders a conversation with the model's chat template; the assistant's turn is opened at the end.
   * @category Model and text
   * @example
   * const prompt = nir.chat([{ role: 'user', content: 'Write a function that adds two numbers.' }])
   */
  chat(messages: readonly ChatMessage[]): string {
    return this.#engine.chat(messages)
  }

  /**
   * The prompt of the generation stage for a problem, in the model's chat format.
   * @category Problems and prompts
   * @example
   * const { text } = await nir.generate(nir.prompt(problem), { stop: ['```'] })
   */
  prompt(problem: PromptProblem): string {
    return chatPrompt(this.#engine, this.#prompts.generation, problem)
  }

  /**
   * Problems of a bundled or published set, or of a file. See {@link loadProblems}.
   * @category Problems and prompts
   * @example
   * const problems = await nir.problems('embedded', { limit: 20 })
   */
  problems(
    source: ProblemSource = 'embedded',
    options?: Parameters<typeof loadProblems>[1],
  ): Promise<Problem[]> {
    return loadProblems(source, options)
  }

  /**
   * Captures hidden states: one plain forward pass over a text, keeping the inputs of decoder layers.
   * @returns matrices `[tokenCount, hiddenSize]`, one a layer.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   * @category Hidden states
   * @example
   * const crv = await nir.capture('Proposed solution context: return the sum of the list')
   * crv.at(6)                                    // Float32Array, row-major [crv.tokenCount, crv.hiddenSize]
   */
  capture(input: Input, options: CaptureOptions = {}): Promise<Crv> {
    return showingTokens('capturing', (report) => {
      const onProgress = (progress: CaptureProgress) => {
        report?.(progress.tokens, progress.totalTokens)
        options.onProgress?.(progress)
      }
      return this.#engine.capture(input, withAmbientSignal({ ...options, onProgress }))
    })
  }

  /**
   * Captures many texts into one safetensors file: several at once, each written as soon as it is captured, so that
   * only a few are in memory. {@link loadCrvs} opens the file, as does Python's `safetensors`; {@link CrvWriter}
   * documents its layout. An existing file is replaced once all is done.
   * @param texts - a list, whose CRVs are named `'0'`, `'1'`, …, or by name
   * @throws {@link InputError}, {@link ContextSizeError}, {@link TensorFileError}, {@link ClosedError}; the signal's
   * reason when aborted. Nothing is left on the disk then.
   * @category Hidden states
   * @example
   * const texts = Object.fromEntries(problems.map(({ task_id, text }) => [task_id, text]))
   * await nir.captureTo('problems.safetensors', texts, { layers: [1, 6], type: 'f16' })
   * const file = await loadCrvs('problems.safetensors')
   * const crv = await file.read(file.names[0])
   * await file.close()
   */
  captureTo(path: string, texts: Texts, options: CaptureToOptions = {}): Promise<CaptureSummary> {
    const onProgress = options.onProgress ?? captureInCell()
    return this.#engine.captureTo(path, texts, withAmbientSignal({ ...options, onProgress }))
  }

  /**
   * The logit lens (nostalgebraist 2020): reads a CRV's hidden states at the input of a layer through the model's
   * final norm and output head, as if no layer followed.
   * @returns logits, row-major `[crv.tokenCount, vocabularySize]`.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   * @category Hidden states
   * @example
   * const crv = await nir.capture('def add(a, b):')
   * const logits = (await nir.logitLens(crv, 6)).subarray(-nir.model.vocabularySize)   // of the last token
   * nir.detokenize([logits.indexOf(Math.max(...logits))])                              // what layer 6 would say next
   */
  logitLens(crv: Crv, layer: number, options: { readonly signal?: AbortSignal } = {}): Promise<Float32Array> {
    return this.#engine.logitLens(crv, layer, withAmbientSignal(options))
  }

  /**
   * Generates from a raw prompt (see {@link Session.prompt} for a problem's), with a CRV injected or without.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   * @category Generation
   * @example
   * const { text } = await nir.generate(nir.prompt(problem), { injections: [{ crv, layer: 6 }], stop: ['```'] })
   */
  generate(input: Input, options: GenerateOptions & Interventions = {}): Promise<Generation> {
    return showingGeneration(options, 1, (shown) => this.#engine.generate(input, shown))
  }

  /**
   * Generates from one prompt under several interventions, decoded together in one batch.
   * @returns one generation an arm, in the order of the arms.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   * @category Generation
   * @example
   * const arms = [{ name: 'original' }, { name: 'layer 6', injections: [{ crv, layer: 6 }] }]
   * const [original, layer6] = await nir.generateArms(nir.prompt(problem), arms, { stop: ['```'] })
   */
  generateArms(input: Input, arms: readonly Arm[], options: GenerateOptions = {}): Promise<Generation[]> {
    return showingGeneration(options, arms.length, (shown) => this.#engine.generateArms(input, arms, shown))
  }

  /**
   * Adaptive depth: generates from one prompt with the CRV injected at every candidate depth, decoded together in one
   * batch, and chooses among them: by the model's own confidence, by agreement, or by a function of yours.
   * @throws {@link ChoiceError}, {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason
   * when aborted.
   * @category Generation
   * @example
   * const layers = [1, 3, 6, 'original'] as const
   * const { chosen, depth } = await nir.generateAdaptive(nir.prompt(problem), crv, { layers, by: 'logProbability' })
   */
  async generateAdaptive(input: Input, crv: Crv, options: AdaptiveOptions): Promise<AdaptiveGeneration> {
    const depths = resolveDepths(options.layers ?? 'all', this.model.layerCount).length
    return showingGeneration(options, depths, (shown) => generateAdaptive(this.#engine, input, crv, shown))
  }

  /**
   * Lets the model think about a problem, and makes the context text of what it thought.
   * @category Generation
   * @example
   * const { context } = await nir.think(problem)
   */
  think(problem: PromptProblem, options: ThinkOptions = {}): Promise<Thinking> {
    return showingGeneration(options, 1, (shown) => think(this.#engine, this.#prompts, problem, shown), {
      kind: 'thinking',
      maxTokens: MAX_THINKING_TOKENS,
    })
  }

  /**
   * Sweeps injection depths over problems: thinks once a problem and sample, generates with that thinking injected
   * at every depth, measures, tests. Arms share the thinking, so they are paired.
   *
   * With `study`, the path of a folder, every finished unit (a problem and sample with all its arms) is written there at
   * once, and what is there already is not computed again: called again after a crash, the sweep goes on; called with
   * more layers, problems or samples, it adds them, from the thinking that is stored.
   * @throws {@link SweepOptionError}; {@link StudyError}; {@link SweepEndedError}, which holds what was finished, when
   * it is cancelled or fails.
   * @category Experiments
   * @example
   * const sweep = await nir.sweep({ problems, layers: 'all', study: 'runs/depths' })
   */
  async sweep(options: SweepOptions & StudyOptions): Promise<Sweep> {
    const { study, config, ...run } = withSurroundings(options)
    const tools = await this.#tools(run.signal).catch((error: unknown) => {
      throw run.signal?.aborted ? new SweepEndedError(new Sweep([]), error, true) : error
    })
    if (study === undefined) return collect(run, tools)
    const { model } = this
    const { units } = planSweep(run, model) // what cannot be run makes no folder
    const { prompts, evaluator } = tools
    const store = await StudyStore.begin(study, await studySettings(run, { model, prompts }, this.#options))
    try {
      const environment = sessionEnvironment(tools.engine, evaluator.capabilities, this.#options.threads)
      const work = await store.startWork(studyWork(run, model, environment, config))
      try {
        writeFailedUnits(store.database.folder, []) // what a queue set aside is tried again
        return await visibly(store, units.length, run, (visible) =>
          collect(visible, { ...tools, store: work }),
        )
      } finally {
        work.end()
      }
    } finally {
      await store.close()
    }
  }

  /**
   * What a sweep would do, and how long it would take: its plan, what is stored of it, and a short calibration on this
   * model. Nothing is stored.
   * @throws {@link SweepOptionError}; {@link StudyError} where the study cannot be continued so.
   * @category Experiments
   * @example
   * const { generations, milliseconds } = await nir.estimate({ problems, layers: 'all', study: 'runs/depths' })
   */
  async estimate(options: SweepOptions & StudyOptions): Promise<SweepEstimate> {
    const { study, config: _, ...run } = withAmbientSignal(options)
    const tools = await this.#tools()
    planSweep(run, tools.engine.model) // what cannot be run is not calibrated
    const isBegun = study !== undefined && isStudy(study)
    const nothing = { records: [], thinkingTokens: null }
    const about = { model: this.model, prompts: tools.prompts }
    const stored = isBegun ? await storedWork(study, await studySettings(run, about, this.#options)) : nothing
    return estimateSweep(run, tools, stored)
  }

  /**
   * The arms of a grid on this model, or of any other choice of a sweep, as data: to look at, to filter, to add to, and
   * to give to {@link Session.sweep}.
   * @throws {@link SweepOptionError}
   * @category Experiments
   * @example
   * const arms = nir.arms({ grid: { inject: [0, 3, 6], capture: [0, 'same'], slice: ['all', [-8]] } })
   * await nir.sweep({ problems, arms: [{ name: 'original' }, ...arms] })
   */
  arms(options: ArmOptions): NamedArm[] {
    return resolveArms(options, this.model.layerCount)
  }

  /**
   * Opens a study that a sweep has written. See {@link openStudy}.
   * @category Experiments
   * @example
   * const study = await nir.open('runs/depths')
   */
  open(path: string): Promise<Study> {
    return openStudy(path)
  }

  /**
   * The thesis: its published tables, and its protocol run on this model.
   * @category Experiments
   * @example
   * nir.thesis.tables
   */
  get thesis(): Thesis {
    return new Thesis(async (given) => {
      const options = withSurroundings(given)
      return { options, tools: await this.#tools(options.signal) }
    })
  }

  /**
   * Tells what there is, or all of one thing, by its name or as a function. A notebook shows it as HTML, `console.log` as text.
   * @throws {@link HelpError} `NO_HELP`, listing what there is help on.
   * @category This session
   * @example
   * nir.help('sweep')
   */
  help(topic?: HelpTopic): Help {
    return help(topic)
  }

  /**
   * Frees the model and ends the child processes. What is running is aborted. Safe to call twice.
   * @category This session
   * @example
   * await nir.close()
   */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([this.#engine.close(), this.#evaluator?.then((evaluator) => evaluator.close())])
  }

  async #tools(signal?: AbortSignal): Promise<SweepTools> {
    if (this.#closed) throw new ClosedError()
    this.#evaluator ??= openEvaluator()
    const evaluator = await abortable(this.#evaluator, signal)
    return { engine: this.#engine, prompts: this.#prompts, evaluator }
  }
}

/** Generates with the running cell's signal, and shows there how many tokens there are of all arms. */
function showingGeneration<Options extends GenerateOptions, T>(
  options: Options,
  arms: number,
  generate: (options: Options) => Promise<T>,
  {
    kind = 'generating',
    maxTokens = MAX_TOKENS,
  }: { kind?: 'generating' | 'thinking'; maxTokens?: number } = {},
): Promise<T> {
  return showingTokens(kind, (report) => {
    if (!report) return generate(withAmbientSignal(options))
    const most = (options.maxTokens ?? maxTokens) * arms
    let tokens = 0
    const onToken: GenerateOptions['onToken'] = (event) => {
      report(++tokens, most)
      options.onToken?.(event)
    }
    return generate(withAmbientSignal({ ...options, onToken }))
  })
}

/** Runs a sweep; when it ends early, the error holds what was finished. */
async function collect(options: SweepOptions, tools: SweepTools): Promise<Sweep> {
  const records: SweepRecord[] = []
  const warnings = tools.evaluator.capabilities.reasons
  try {
    await runSweep(options, tools, records)
  } catch (error) {
    const aborted = options.signal?.aborted ?? false
    if (!aborted && records.length === 0) throw error
    throw new SweepEndedError(new Sweep([...records], warnings), error, aborted)
  }
  return new Sweep(records, warnings)
}

/** The running cell's signal and progress, where the caller gives none. */
function withSurroundings<T extends Pick<SweepOptions, 'signal' | 'onProgress'>>(options: T): T {
  return withAmbientSignal({ ...options, onProgress: options.onProgress ?? sweepInCell() })
}

/** An evaluator; says once, in a line each, what this machine lacks. */
async function openEvaluator(): Promise<Evaluator> {
  const evaluator = await createEvaluator()
  for (const reason of evaluator.capabilities.reasons) console.warn(`nir: ${reason}`)
  return evaluator
}
