import { fileURLToPath } from 'node:url'
import { Child, type Answer } from './child.js'
import { libraryPath, plainLlama } from './plain-llama.js'
import type { Target } from './target.js'

/** Sequences that are decoded together, a row each in a step. */
export interface Workload {
  /** Tokens of the context in front. */
  readonly context: number
  /** Tokens of every sequence's own prompt. */
  readonly prompt: number
  /** The injection layer of every arm; `null`: it does not see the context. */
  readonly layers: readonly (number | null)[]
}

/** A side of a race: its sequences are in its cache, and wait for the next step. */
export interface Stepper {
  decode(steps: number): Promise<Answer>
}

/** Our engine, in a process of its own. */
export class EngineSide implements Stepper {
  private constructor(private readonly child: Child) {}

  static async open({ path, threads, flashAttention }: Target): Promise<EngineSide> {
    const program = fileURLToPath(new URL('./engine-side.js', import.meta.url))
    return new EngineSide(
      await Child.start(process.execPath, [program, path, threads, flashAttention].map(String)),
    )
  }

  /** @param steps - that will be asked for at most. */
  async start(workload: Workload, steps: number): Promise<this> {
    await this.child.ask(`start ${JSON.stringify({ ...workload, steps: steps + 1 })}`)
    return this
  }

  decode(steps: number): Promise<Answer> {
    return this.child.ask(`decode ${steps}`)
  }

  async stop(): Promise<void> {
    await this.child.ask('stop')
  }

  /** Captures all layers of a text; returns milliseconds. */
  async capture(tokens: number): Promise<number> {
    return (await this.child.ask(`capture ${tokens}`)).milliseconds[0]!
  }

  close(): Promise<void> {
    return this.child.close()
  }
}

/** Plain llama.cpp: the same library and parameters, without a callback. */
export class PlainSide implements Stepper {
  private constructor(private readonly child: Child) {}

  /** @param cells - of its KV cache. */
  static async open({ path, threads, flashAttention }: Target, cells: number): Promise<PlainSide> {
    const args = [await libraryPath(), path, cells, threads, Number(flashAttention)].map(String)
    return new PlainSide(await Child.start(plainLlama(), args))
  }

  /** Sequences that have `layers` other than `null` see the context in all layers. Those must come first. */
  async start({ context, prompt, layers }: Workload): Promise<this> {
    const viewers = layers.filter((layer) => layer !== null).length
    await this.child.ask('clear')
    await this.child.ask(`shared ${context} ${viewers}`)
    await this.child.ask(`prefill ${layers.length} ${prompt}`)
    return this
  }

  decode(steps: number): Promise<Answer> {
    return this.child.ask(`decode ${steps}`)
  }

  /** One pass over a text, without logits; returns milliseconds. */
  async prefill(tokens: number): Promise<number> {
    await this.child.ask('clear')
    return (await this.child.ask(`shared ${tokens} 1`)).milliseconds[0]!
  }

  close(): Promise<void> {
    return this.child.close()
  }
}

/** node-llama-cpp's own decoding of one sequence. */
export class NodeLlamaCppSide implements Stepper {
  private constructor(private readonly child: Child) {}

  static async open(target: Target, cells: number): Promise<NodeLlamaCppSide> {
    const program = fileURLToPath(new URL('./node-llama-cpp-side.js', import.meta.url))
    const { path, threads, flashAttention, vocabularySize } = target
    const args = [program, path, threads, flashAttention, cells, vocabularySize].map(String)
    return new NodeLlamaCppSide(await Child.start(process.execPath, args))
  }

  async start(prompt: number): Promise<this> {
    await this.child.ask('clear')
    await this.child.ask(`prefill ${prompt}`)
    return this
  }

  decode(steps: number): Promise<Answer> {
    return this.child.ask(`decode ${steps}`)
  }

  close(): Promise<void> {
    return this.child.close()
  }
}
