import { duration } from '../../text/duration.js'
import { Table } from '../table.js'
import { paragraph, table, type Section } from './block.js'
import type { StudyFacts } from './facts.js'

/** Where the time went; `null`: nothing was timed. */
export function timingsSection({ stages }: StudyFacts): Section | null {
  const total = stages.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  if (total === 0) return null
  const row = (name: string, label: string, values: number[], decimals: number) => ({
    name,
    label,
    values,
    counts: [],
    decimals,
  })
  return {
    title: 'Where the time went',
    blocks: [
      paragraph(
        `${duration(total)} over all stages. What was decoded together shares its time and counts for each, so that stages compare with each other, not with the clock.`,
      ),
      table(
        new Table({
          id: 'timings',
          caption: 'Time by stage',
          arms: stages.map(({ stage }) => stage),
          rows: [
            row(
              'count',
              'Count',
              stages.map(({ count }) => count),
              0,
            ),
            row(
              'seconds',
              'Seconds',
              stages.map(({ milliseconds }) => milliseconds / 1000),
              1,
            ),
            row(
              'milliseconds_each',
              'Milliseconds each',
              stages.map(({ count, milliseconds }) => milliseconds / count),
              1,
            ),
            row(
              'share',
              'Share (%)',
              stages.map(({ milliseconds }) => (100 * milliseconds) / total),
              1,
            ),
          ],
        }),
      ),
    ],
  }
}
