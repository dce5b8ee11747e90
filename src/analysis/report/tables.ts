import type { SweepRecord } from '../../sweep/record.js'
import type { Tabular } from '../render/tabular.js'
import { TABLE_IDS, thesisTable, type TableId } from '../thesis-table.js'
import { folded, paragraph, table, type Section } from './block.js'

const FIRST: readonly TableId[] = ['outcomes', 'response_rates']

/** The thesis' tables from the study, beside the published figures where there are such. */
export function tablesSection(records: readonly SweepRecord[], published: readonly Tabular[]): Section {
  const others = TABLE_IDS.filter((id) => !FIRST.includes(id)).flatMap((id) => tableOrNone(records, id))
  return {
    title: 'Tables',
    blocks: [
      ...FIRST.flatMap((id) => tableOrNone(records, id)).map(table),
      ...(others.length > 0 ? [folded('The thesis’ tables of code metrics', others.map(table))] : []),
      ...(published.length > 0
        ? [
            folded('Published figures and those of this study, side by side', [
              paragraph(
                'Published by the thesis for its own model and problems; they say how this study lies to them, not whether it is right.',
              ),
              ...published.map(table),
            ]),
          ]
        : []),
    ],
  }
}

/** A table whose metrics were not measured is left out. */
function tableOrNone(records: readonly SweepRecord[], id: TableId): Tabular[] {
  const found = thesisTable(records, id)
  return found.rows.some(({ values }) => values.some((value) => value !== null)) ? [found] : []
}
