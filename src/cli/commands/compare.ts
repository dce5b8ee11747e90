import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { compareStudies, openStudy, type ComparedStudy } from '../../index.js'
import { UsageError } from '../errors.js'
import { writePage } from '../study/write-page.js'

export const usage = `nir compare A B [--html FILE | --json]

Compares two studies: what differs in their settings, and the arms that both have, paired by problem and sample.

      --html FILE  write a page that needs no network and no other file
      --json       as one JSON object
  -h, --help       show this

Exit code: 0; 1 when one is no study or cannot be read, or they have nothing in common; 3 when another process holds one.`

/** \`nir compare\`: returns the exit code. */
export async function compare(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { html: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  const [first, second, ...others] = positionals
  if (first === undefined || second === undefined || others.length > 0)
    throw new UsageError(
      `nir compare takes two studies, not ${positionals.length}.`,
      'See nir compare --help.',
    )
  const comparison = compareStudies(await read(first), await read(second))
  if (values.html !== undefined) writePage(values.html, comparison.page())
  else console.log(values.json ? JSON.stringify(comparison) : comparison.report())
  return 0
}

async function read(path: string): Promise<ComparedStudy> {
  const study = await openStudy(path)
  try {
    const problems = await study.sql<{ id: number; hash: string }>`SELECT task_id AS id, hash FROM problems`
    const arms = await study.sql<{ arm: string; spec: string }>`SELECT arm, spec FROM arms`
    return {
      name: basename(study.folder),
      settings: study.settings,
      records: await study.records(),
      problems: new Map(problems.map(({ id, hash }) => [id, hash])),
      specs: new Map(arms.map(({ arm, spec }) => [arm, JSON.parse(spec) as unknown])),
    }
  } finally {
    await study.close()
  }
}
