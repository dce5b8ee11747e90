import { Database } from './database.js'
import { StudyError } from './errors.js'
import { mergeStudy, type MergeSummary } from './merge.js'
import { missingWork, type MissingWork } from './missing-work.js'
import { requireSame } from './settings.js'
import { StudyStore } from './store.js'
import { isStudy, readSettings } from './study-file.js'

/** What a merge of several studies brought, and what is still missing. */
export interface MergeReport extends MissingWork {
  /** In the order in which they were given. */
  readonly parts: readonly (MergeSummary & { readonly folder: string })[]
}

/**
 * Merges studies into one, which is made where there is none: the parts that shards of a sweep made, or machines. Each is
 * brought over in one transaction, so that the same call after an interruption goes on. The parts stay as they are.
 * @throws {@link StudyError} `STUDY_DIFFERS`, with the fields in which they differ: for settings before anything is
 * written; `NOT_A_STUDY`, `STUDY_IN_USE`, `STUDY_WRITE_FAILED`.
 * @example
 * const { parts, missing } = await mergeStudies('runs/depths', ['runs/depths.shard-1-of-2', 'runs/depths.shard-2-of-2'])
 */
export async function mergeStudies(into: string, from: readonly string[]): Promise<MergeReport> {
  const given = from.map((folder) => ({ folder, settings: readSettings(folder) }))
  const settings = isStudy(into) ? readSettings(into) : given[0]?.settings
  if (!settings)
    throw new StudyError('NOT_A_STUDY', `There is nothing to merge into '${into}'.`, 'Give a study or more.')
  for (const part of given) requireSame(settings, part.settings, `The study '${part.folder}'`)
  for (const folder of from) await (await Database.open(folder)).close() // before anything is written
  const store = await StudyStore.begin(into, settings)
  try {
    const parts: (MergeSummary & { folder: string })[] = []
    for (const folder of from) parts.push({ folder, ...(await mergeStudy(store, folder)) })
    return { parts, ...(await missingWork(store.database)) }
  } finally {
    await store.close()
  }
}
