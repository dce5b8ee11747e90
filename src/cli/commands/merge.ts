import { parseArgs } from 'node:util'
import { mergeStudies, type MergeReport } from '../../index.js'
import { UsageError } from '../errors.js'

export const usage = `nir merge INTO FROM… [options]

Merges studies, such as those of a sweep's shards, into one. INTO is made where there is none; the others stay as they
are. What is there already is left out, so that it can be run again. Studies of other settings are refused.

      --json   print what was merged, and what is missing, as JSON
  -h, --help   show this

Exit code: 0 when all is merged (also where units are missing still); 1 when one is no study or cannot be read or written; 3 when
they are of other settings, or another process holds one.`

/** How many missing units are named. */
const NAMED = 10

/** \`nir merge\`: returns the exit code. */
export async function merge(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const [into, ...from] = positionals
  if (into === undefined || from.length === 0)
    throw new UsageError(
      'nir merge needs a study to merge into and one or more to merge.',
      'See nir merge --help.',
    )
  const report = await mergeStudies(into, from)
  console.log(values.json ? JSON.stringify({ into, ...report }, null, 2) : inWords(into, report))
  return 0
}

function inWords(into: string, { parts, units, missing, shards }: MergeReport): string {
  const lines = parts.map(
    ({ folder, added, duplicates }) =>
      `${folder}: ${added} generations added${duplicates > 0 ? `, ${duplicates} were there already` : ''}`,
  )
  if (missing.length === 0) return [...lines, `${into}: complete, ${units} units`].join('\n')
  lines.push(`${into}: ${missing.length} of ${units} units are missing: ${named(missing)}`)
  if (shards.length > 0) lines.push(`shards that have not begun: ${shards.join(', ')}`)
  return lines.join('\n')
}

function named(missing: MergeReport['missing']): string {
  const first = missing.slice(0, NAMED).map(({ taskId, sample }) => `problem ${taskId} sample ${sample}`)
  return [...first, ...(missing.length > NAMED ? ['…'] : [])].join(', ')
}
