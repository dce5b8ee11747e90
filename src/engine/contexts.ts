import type { Injection, Interventions } from './arm.js'
import type { Crv } from './crv.js'
import type { Decoder, Row } from './decoder.js'

/** A CRV whose keys and values have to be in the cache: under one sequence, seen by any number of arms. */
interface Context {
  readonly sequence: number
  readonly crv: Crv
  /** Layer at whose input the CRV's rows replace those of the pass; `null`: the pass over its tokens gives them. */
  readonly overwrite: { readonly layer: number; readonly from: number } | null
}

/**
 * The distinct contexts of a group of arms. Where a captured CRV is injected at its capture layer, the keys and
 * values are those of a plain pass over its tokens, in all layers at once: one context serves every depth.
 */
export class Contexts {
  readonly #contexts: Context[] = []

  /**
   * @param arms - whose injections the contexts serve
   * @param isCaptured - did this model capture the CRV, so that a pass over its tokens gives its states?
   */
  constructor(
    arms: readonly Interventions[],
    private readonly isCaptured: (crv: Crv) => boolean,
  ) {
    for (const arm of arms) arm.injections?.forEach((injection) => this.sequenceOf(injection))
  }

  get count(): number {
    return this.#contexts.length
  }

  /** Cells of the cache that the contexts take. */
  get tokenCount(): number {
    return this.#contexts.reduce((sum, context) => sum + context.crv.tokenCount, 0)
  }

  /** The sequence under which the injection's rows will be found. */
  sequenceOf(injection: Injection): number {
    const { crv, layer } = injection
    const from = injection.from ?? layer
    const plain = from === layer && this.isCaptured(crv)
    const found = this.#contexts.find(
      (context) =>
        context.crv === crv &&
        (plain ? !context.overwrite : context.overwrite?.layer === layer && context.overwrite.from === from),
    )
    if (found) return found.sequence
    const context = { sequence: this.#contexts.length, crv, overwrite: plain ? null : { layer, from } }
    this.#contexts.push(context)
    return context.sequence
  }

  /** Decodes every context into the cache. */
  async prefill(decoder: Decoder, signal: AbortSignal | undefined): Promise<void> {
    for (const context of this.#contexts) {
      for (let start = 0; start < context.crv.tokenCount; start += decoder.batchSize)
        await this.#prefillRows(decoder, context, start, signal)
    }
  }

  async #prefillRows(decoder: Decoder, context: Context, start: number, signal?: AbortSignal): Promise<void> {
    const { crv, sequence, overwrite } = context
    const end = Math.min(start + decoder.batchSize, crv.tokenCount)
    const rows: Row[] = []
    for (let position = start; position < end; position++) {
      const token = overwrite ? 0 : crv.tokens[position]!
      rows.push({ token, position, sequence, plan: -1, sampler: -1 })
    }
    if (!overwrite) {
      await decoder.decode(rows, { recordContext: true }, signal)
      return
    }
    const states = crv.at(overwrite.from).subarray(start * crv.hiddenSize, end * crv.hiddenSize)
    await decoder.decode(
      rows,
      { recordContext: true, overwriteLayer: overwrite.layer, overwrite: states },
      signal,
    )
  }
}
