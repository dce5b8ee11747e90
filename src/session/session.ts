import {
  ClosedError,
  Engine,
  type Arm,
  type CaptureOptions,
  type ChatMessage,
  type Crv,
  type EngineOptions,
  type GenerateOptions,
  type Generation,
  type Input,
  type Interventions,
  type ModelInfo,
} from '../engine/index.js'
import { createEvaluator, type Evaluator } from '../evaluation/index.js'
import {
  chatPrompt,
  loadPrompts,
  think,
  type PromptFiles,
  type PromptProblem,
  type Prompts,
  type Thinking,
  type ThinkOptions,
} from '../nir/index.js'
import { loadProblems, type Problem, type ProblemSource } from '../problems/index.js'
import { runSweep, type SweepOptions, type SweepRecord } from '../sweep/index.js'
import { ambientDisplay, withAmbientSignal } from './ambient.js'
import { resolveModel } from './open-model.js'
import { progressLine } from './progress-line.js'
import { Sweep, SweepEndedError } from './sweep.js'

/** Options of {@link createSession}. */
export interface SessionOptions extends Omit<EngineOptions, 'path'> {
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
  return new Session(await Engine.open({ ...rest, path: await resolveModel(model) }), prompts)
}

/** A loaded model and everything that is done with it. Made by {@link createSession}. */
export class Session {
  readonly #engine: Engine
  readonly #prompts: Prompts
  #evaluator: Promise<Evaluator> | undefined
  #closed = false

  /** @internal */
  constructor(engine: Engine, prompts: Prompts) {
    this.#engine = engine
    this.#prompts = prompts
  }

  /** What is known of the loaded model. */
  get model(): ModelInfo {
    return this.#engine.model
  }

  /** Text → tokens, special tokens parsed, with the BOS token that the model wants in front. */
  tokenize(text: string): number[] {
    return this.#engine.tokenize(text)
  }

  /** Tokens → text, special tokens included. */
  detokenize(tokens: ArrayLike<number>): string {
    return this.#engine.detokenize(tokens)
  }

  /** Renders a conversation with the model's chat template; the assistant's turn is opened at the end. */
  chat(messages: readonly ChatMessage[]): string {
    return this.#engine.chat(messages)
  }

  /** The prompt of the generation stage for a problem, in the model's chat format. */
  prompt(problem: PromptProblem): string {
    return chatPrompt(this.#engine, this.#prompts.generation, problem)
  }

  /** Problems of a bundled or published set, or of a file. See {@link loadProblems}. */
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
   */
  capture(input: Input, options: CaptureOptions = {}): Promise<Crv> {
    return this.#engine.capture(input, withAmbientSignal(options))
  }

  /**
   * Generates from a raw prompt (see {@link Session.prompt} for a problem's), with a CRV injected or without.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   */
  generate(input: Input, options: GenerateOptions & Interventions = {}): Promise<Generation> {
    return this.#engine.generate(input, withAmbientSignal(options))
  }

  /**
   * Generates from one prompt under several interventions, decoded together in one batch.
   * @returns one generation an arm, in the order of the arms.
   * @throws {@link InputError}, {@link ContextSizeError}, {@link ClosedError}; the signal's reason when aborted.
   */
  generateArms(input: Input, arms: readonly Arm[], options: GenerateOptions = {}): Promise<Generation[]> {
    return this.#engine.generateArms(input, arms, withAmbientSignal(options))
  }

  /** Lets the model think about a problem, and makes the context text of what it thought. */
  think(problem: PromptProblem, options: ThinkOptions = {}): Promise<Thinking> {
    return think(this.#engine, this.#prompts, problem, withAmbientSignal(options))
  }

  /**
   * Sweeps injection depths over problems: thinks once a problem and sample, generates with that thinking injected
   * at every depth, measures, tests. Arms share the thinking, so they are paired.
   * @throws {@link SweepOptionError}; {@link SweepEndedError}, which holds what was finished, when it is cancelled
   * or fails.
   */
  async sweep(options: SweepOptions): Promise<Sweep> {
    const records: SweepRecord[] = []
    if (this.#closed) throw new ClosedError()
    const evaluator = await (this.#evaluator ??= openEvaluator())
    const warnings = evaluator.capabilities.reasons
    const run = withAmbientSignal({ ...options, onProgress: options.onProgress ?? cellProgress() })
    try {
      await runSweep(run, { engine: this.#engine, prompts: this.#prompts, evaluator }, records)
    } catch (error) {
      const aborted = run.signal?.aborted ?? false
      if (!aborted && records.length === 0) throw error
      throw new SweepEndedError(new Sweep([...records], warnings), error, aborted)
    }
    return new Sweep(records, warnings)
  }

  /** Frees the model and ends the child processes. What is running is aborted. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([this.#engine.close(), this.#evaluator?.then((evaluator) => evaluator.close())])
  }
}

/** An evaluator; says once, in a line each, what this machine lacks. */
async function openEvaluator(): Promise<Evaluator> {
  const evaluator = await createEvaluator()
  for (const reason of evaluator.capabilities.reasons) console.warn(`nir: ${reason}`)
  return evaluator
}

/** Shows progress in the running cell, updated in place. */
function cellProgress(): SweepOptions['onProgress'] {
  const display = ambientDisplay()
  if (!display) return undefined
  let handle: ReturnType<typeof display> | undefined
  return (progress) => {
    const bundle = { 'text/plain': progressLine(progress) }
    if (handle) handle.update(bundle)
    else handle = display(bundle)
  }
}
