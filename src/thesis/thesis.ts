import { publishedTable, type PublishedTableId, type Table } from '../analysis/index.js'
import type { SweepTools } from '../sweep/index.js'
import type { ReproduceOptions } from './options.js'
import { reproduce } from './reproduce.js'
import { publishedTables, type Reproduction } from './reproduction.js'

/** What a session lends: its tools, and the options with its surroundings' signal and progress in them. @internal */
export type Prepare = (
  options: ReproduceOptions,
) => Promise<{ readonly options: ReproduceOptions; readonly tools: SweepTools }>

/**
 * The thesis: Ghaderi, Neural Integration of Iterative Reasoning (NIR) in LLMs for Code Generation, University of Essex,
 * 2024. Its tables, and its protocol run on the session's model.
 */
export class Thesis {
  readonly #prepare: Prepare

  /** @internal */
  constructor(prepare: Prepare) {
    this.#prepare = prepare
  }

  /** The seven tables as published, in the thesis' order. */
  get tables(): readonly Table[] {
    return publishedTables()
  }

  /**
   * A table as published.
   * @throws AnalysisError `UNKNOWN_TABLE`.
   */
  table(id: PublishedTableId): Table {
    return publishedTable(id)
  }

  /**
   * Runs the thesis' protocol on this model: no injection, and injection at layers 1, 10 and 23 of 32 or, on a model
   * with another number of layers, at the same relative depths. Gives each of the thesis' tables with the published and
   * the measured figure side by side.
   * @throws {@link ThesisError}, {@link SweepOptionError}; {@link ReproductionEndedError}, which holds what was finished,
   * when it is cancelled or fails.
   * @example
   * const problems = await nir.problems('mbpp', { limit: 169 })
   * const reproduction = await nir.thesis.reproduce({ problems, mapping: 'released', protocol: 'original' })
   * reproduction.table('response_rates')
   */
  async reproduce(options: ReproduceOptions): Promise<Reproduction> {
    const prepared = await this.#prepare(options)
    return reproduce(prepared.options, prepared.tools)
  }
}
