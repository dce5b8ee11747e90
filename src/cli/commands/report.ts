import { parseArgs } from 'node:util'
import { openStudy } from '../../index.js'
import { onlyStudy } from '../study/arguments.js'
import { writePage } from '../study/write-page.js'

export const usage = `nir report STUDY [--html FILE]

Reports on a study: what was run, tables, charts, statistics with what they mean, examples, timings, and how to reproduce it.

      --html FILE  write a page that needs no network and no other file (default: text, without charts)
  -h, --help       show this

Exit code: 0; 1 when it is no study or cannot be read; 3 when another process holds it.`

/** \`nir report\`: returns the exit code. */
export async function report(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { html: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const study = await openStudy(onlyStudy('report', positionals))
  try {
    const made = await study.report()
    if (values.html === undefined) console.log(made.toText())
    else writePage(values.html, made.toHTML())
    return 0
  } finally {
    await study.close()
  }
}
