import { mean } from 'simple-statistics'
import type { SweepRecord } from '../sweep/record.js'
import { armsOf } from './arms.js'
import { AnalysisError } from './errors.js'
import { ordered } from './order.js'
import { Table, type TableRow } from './table.js'
import { THESIS_ROWS, metricLabel } from './thesis-rows.js'
import { known, requireMetric, valueOf, type Rate } from './values.js'

/**
 * The tables that {@link thesisTable} makes: the thesis' seven, and `outcomes` (parses, passes its tests).
 *
 * @example
 * ```ts
 * for (const id of TABLE_IDS) console.log(thesisTable(records, id).toText())
 * ```
 */
export const TABLE_IDS = [
  'response_rates',
  'code_quality',
  'code_complexity',
  'code_structure',
  'halstead_basic',
  'halstead_derived',
  'halstead_complexity',
  'outcomes',
] as const

/** One of {@link TABLE_IDS}. */
export type TableId = (typeof TABLE_IDS)[number]

/**
 * One of the thesis' tables, from records: the same rows, one column per arm in depth order, `original` last.
 * Each figure is the mean over the generations where the metric is defined (null is skipped, as the thesis
 * does), with the number of values kept beside it. The response rate counts every generation. The metrics are
 * those of the evaluation's `thesis` definitions; records measured with others lack them.
 *
 * Source: Ghaderi, Neural Integration of Iterative Reasoning in LLMs for Code Generation, 2024.
 *
 * @throws AnalysisError `UNKNOWN_TABLE`, `NO_RECORDS`, `DUPLICATE_RECORD`, or `UNKNOWN_METRIC` where the
 * records lack a metric of the table.
 * @example
 * ```ts
 * console.log(thesisTable(records, 'response_rates').toText())
 * ```
 */
export function thesisTable(records: readonly SweepRecord[], id: TableId): Table {
  const sorted = ordered(records)
  const arms = armsOf(sorted).map((arm) => arm.name)
  const byArm = arms.map((arm) => sorted.filter((record) => record.arm === arm))
  const values = (metric: string) => byArm.map((rows) => known(rows.map((record) => valueOf(record, metric))))

  const meanRow = (name: string, label: string, metric: string): TableRow => {
    requireMetric(sorted, metric)
    const cells = values(metric)
    return {
      name,
      label,
      values: cells.map((cell) => (cell.length === 0 ? null : mean(cell))),
      counts: cells.map((cell) => cell.length),
    }
  }
  const countRow = (name: string, label: string, rate: Rate): TableRow => {
    const cells = values(rate)
    const yes = (cell: number[]) => cell.filter((value) => value === 1).length
    return {
      name,
      label,
      values: cells.map((cell) => (cell.length === 0 ? null : yes(cell))),
      counts: cells.map((cell) => cell.length),
      decimals: 0,
    }
  }

  switch (id) {
    case 'response_rates': {
      const sizes = byArm.map((rows) => rows.length)
      return new Table({
        id,
        caption: 'Response rates',
        arms,
        rows: [
          meanRow('response_rate', metricLabel('responds'), 'responds'),
          { name: 'sample_size', label: 'Sample size', values: sizes, counts: sizes, decimals: 0 },
        ],
      })
    }
    case 'outcomes':
      return new Table({
        id,
        caption: 'Outcomes',
        arms,
        rows: [
          meanRow('parses', metricLabel('parses'), 'parses'),
          countRow('parses_count', 'Number that parses', 'parses'),
          meanRow('passed', metricLabel('passed'), 'passed'),
          countRow('passed_count', 'Number that passes', 'passed'),
        ],
      })
    default: {
      if (!Object.hasOwn(THESIS_ROWS, id)) throw unknownTable(id, TABLE_IDS)
      const { caption, rows } = THESIS_ROWS[id]
      return new Table({
        id,
        caption,
        arms,
        rows: rows.map(({ name, label, metric }) => meanRow(name, label, metric)),
      })
    }
  }
}

/** The error for a table that does not exist. */
export function unknownTable(id: string, ids: readonly string[]): AnalysisError {
  return new AnalysisError(
    'UNKNOWN_TABLE',
    `There is no table "${id}".`,
    `Ask for one of: ${ids.join(', ')}.`,
  )
}
