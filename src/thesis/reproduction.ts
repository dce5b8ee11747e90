import { publishedTable, type PublishedTableId, type Table } from '../analysis/index.js'
import { unknownTable } from '../analysis/thesis-table.js'
import type { SweepRecord } from '../sweep/index.js'
import type { ThesisArm } from './arms.js'
import { compareToPublished } from './compare.js'
import type { Protocol } from './options.js'
import type { ReproducedTable } from './reproduced-table.js'

/** The thesis' tables, in its order. */
export const PUBLISHED_TABLE_IDS = [
  'response_rates',
  'code_quality',
  'code_complexity',
  'code_structure',
  'halstead_basic',
  'halstead_derived',
  'halstead_complexity',
] as const satisfies readonly PublishedTableId[]

/** The thesis' tables as published, in its order. */
export function publishedTables(): Table[] {
  return PUBLISHED_TABLE_IDS.map(publishedTable)
}

/** A generation of a reproduction. */
export interface ThesisRecord extends SweepRecord {
  /** Attempts up to this text: 1, or 2 where the protocol is the original one and the first attempt failed. */
  readonly attempts: number
}

/** What was run. */
export interface ReproductionSetting {
  readonly model: string
  readonly protocol: Protocol
  readonly mapping: 'described' | 'released'
  readonly decodePositions: 'recomputed' | 'released'
  readonly temperature: number
  readonly seed: number
}

/**
 * The thesis' protocol run on a model: its tables, published and measured. The records can be looked at by everything
 * that takes a sweep's records.
 *
 * @example
 * const reproduction = await nir.thesis.reproduce({ problems })
 * for (const table of reproduction.tables) console.log(table.toText())
 * depthChart(reproduction.records, 'passed')
 */
export class Reproduction {
  readonly records: readonly ThesisRecord[]
  /** The thesis' arms, and the layers that stand for them here. */
  readonly arms: readonly ThesisArm[]
  readonly setting: ReproductionSetting
  /** What a reader of the figures has to know, a sentence each. */
  readonly notes: readonly string[]
  /** A line each: what this machine lacks, and which columns are empty for it. */
  readonly warnings: readonly string[]
  #tables: readonly ReproducedTable[] | undefined

  /** @internal */
  constructor(parts: Pick<Reproduction, 'records' | 'arms' | 'setting' | 'notes' | 'warnings'>) {
    this.records = parts.records
    this.arms = parts.arms
    this.setting = parts.setting
    this.notes = parts.notes
    this.warnings = parts.warnings
  }

  /** The thesis' seven tables, in its order. */
  get tables(): readonly ReproducedTable[] {
    const note = this.notes.join(' ')
    this.#tables ??= publishedTables().map((table) =>
      compareToPublished(table, this.records, this.arms, note),
    )
    return this.#tables
  }

  /**
   * One of the thesis' tables.
   * @throws AnalysisError `UNKNOWN_TABLE`.
   */
  table(id: PublishedTableId): ReproducedTable {
    const table = this.tables.find((candidate) => candidate.id === id)
    if (!table) throw unknownTable(id, PUBLISHED_TABLE_IDS)
    return table
  }

  /** How many of the published means lie in the interval of the measured one, of how many that have an interval. */
  get agreement(): { readonly agreeing: number; readonly compared: number } {
    const marks = this.tables
      .flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ agrees }) => agrees)))
      .filter((mark) => mark !== null)
    return { agreeing: marks.filter(Boolean).length, compared: marks.length }
  }

  /** For our kernel: what was run, and how much agrees. */
  [Symbol.for('Jupyter.display')](): Record<string, unknown> {
    const { agreeing, compared } = this.agreement
    const lines = [
      `Reproduction: ${this.records.length} generations; ${agreeing} of ${compared} published means lie in the interval of the measured one.`,
      ...this.notes,
    ]
    return { 'text/plain': lines.join('\n') }
  }
}
