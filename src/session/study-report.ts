import { StudyReport, type RunFacts, type StageFacts, type StudyFacts } from '../analysis/index.js'
import type { StudyStore } from '../sweep/index.js'
import { readRecords, type SweepRecord } from '../sweep/index.js'
import { armsNote, thesisArms } from '../thesis/arms.js'
import { compareToPublished } from '../thesis/compare.js'
import { publishedTables } from '../thesis/reproduction.js'
import type { ReproducedTable } from '../thesis/index.js'
import { storedCounts } from './study-status.js'

/** A report on what is stored. */
export async function studyReport(store: StudyStore): Promise<StudyReport> {
  const records = await readRecords(store.database)
  const facts = await studyFacts(store)
  return new StudyReport({ facts, records, published: published(records, facts) })
}

async function studyFacts({ database, settings }: StudyStore): Promise<StudyFacts> {
  const runs = await database.rows<Omit<RunFacts, 'environment'> & { environment: string }>(
    `SELECT started_at AS "startedAt", data_set_hash AS "dataSetHash", problems, samples, environment
     FROM runs ORDER BY started_at`,
  )
  const stages = await database.rows<StageFacts>(
    `SELECT stage, count(*)::INTEGER AS count, sum(milliseconds) AS milliseconds
     FROM timings GROUP BY stage ORDER BY milliseconds DESC`,
  )
  const problems = await database.rows<{ task_id: number; text: string; tests: number }>(
    'SELECT task_id, text, len(test_list) AS tests FROM problems',
  )
  const { units } = await storedCounts(database)
  return {
    folder: database.folder,
    settings,
    runs: runs.map((run) => ({
      ...run,
      environment: JSON.parse(run.environment) as RunFacts['environment'],
    })),
    stages,
    units,
    problems: new Map(problems.map(({ task_id: id, text }) => [id, text])),
    withoutTests: new Set(problems.filter(({ tests }) => tests === 0).map(({ task_id: id }) => id)),
  }
}

/** The thesis' tables, where the study has its four arms. */
function published(records: readonly SweepRecord[], { runs }: StudyFacts): ReproducedTable[] {
  const layerCount = runs.at(-1)?.environment['layerCount']
  if (typeof layerCount !== 'number' || layerCount < 5) return []
  const measured = new Set(records.map(({ arm }) => arm))
  const arms = thesisArms(layerCount)
  if (!arms.every((arm) => measured.has(arm.measured))) return []
  return publishedTables().map((table) =>
    compareToPublished(table, records, arms, armsNote(arms, layerCount)),
  )
}
