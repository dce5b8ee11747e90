import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.js'
import { Table } from './table.js'
import { THESIS_ROWS, metricLabel } from './thesis-rows.js'
import { unknownTable, type TableId } from './thesis-table.js'

/** data/thesis/tables.json. */
interface PublishedTables {
  readonly source: {
    readonly title: string
    readonly author: string
    readonly school: string
    readonly model: string
  }
  readonly arms: readonly string[]
  readonly tables: readonly {
    readonly id: string
    readonly caption: string
    readonly rows: Readonly<Record<string, readonly number[]>>
  }[]
}

/** The tables with published figures: every {@link TableId} but `outcomes`. */
export type PublishedTableId = Exclude<TableId, 'outcomes'>

const LABELS = new Map<string, string>([
  ['response_rate', metricLabel('responds')],
  ['sample_size', 'Sample size'],
  ...Object.values(THESIS_ROWS).flatMap(({ rows }) =>
    rows.map(({ name, label }): [string, string] => [name, label]),
  ),
])

/**
 * The figures that the thesis published, under the same row names as {@link thesisTable}, to lay beside one's
 * own. The caption says that they are published, the note below whose and of which model. The numbers of values behind the means
 * were not printed: `counts` is empty.
 *
 * @throws AnalysisError `UNKNOWN_TABLE`.
 * @example
 * ```ts
 * publishedTable('response_rates').rows[0]?.values // [0.5799, 0.9941, 0.9941, 0.9941]
 * ```
 */
export function publishedTable(id: PublishedTableId): Table {
  const file = join(packageRoot(), 'data', 'thesis', 'tables.json')
  const { source, arms, tables } = JSON.parse(readFileSync(file, 'utf8')) as PublishedTables
  const table = tables.find((candidate) => candidate.id === id)
  if (!table)
    throw unknownTable(
      id,
      tables.map((candidate) => candidate.id),
    )
  return new Table({
    id,
    caption: `${table.caption}, as published`,
    source: `Published: ${source.author}, ${source.title}, ${source.school}. ${source.model}.`,
    arms,
    rows: Object.entries(table.rows).map(([name, values]) => ({
      name,
      label: LABELS.get(name) ?? name,
      values,
      counts: [],
      ...(name === 'sample_size' ? { decimals: 0 } : {}),
    })),
  })
}
