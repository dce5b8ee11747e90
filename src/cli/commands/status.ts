import { parseArgs } from 'node:util'
import { studyStatus } from '../../index.js'
import { onlyStudy } from '../study/arguments.js'
import { statusText } from '../study/status-text.js'

export const usage = `nir status STUDY [--json]

Says how far a study is: units, generations and passed tests of each arm, rate, and who holds it. Also while a sweep runs:
then by what the sweep writes beside the database every second.

      --json  as one JSON object
  -h, --help  show this

Exit code: 0; 1 when it is no study or cannot be read; 3 when a process that does not sweep holds it.`

/** \`nir status\`: returns the exit code. */
export async function status(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const found = await studyStatus(onlyStudy('status', positionals))
  console.log(values.json ? JSON.stringify(found) : statusText(found))
  return 0
}
