import type { Database } from './database.js'
import { StudyError } from './errors.js'
import { addArms, addProblems, readArms, readProblems } from './extents.js'
import { mergeCaptures } from './merge-captures.js'
import type { Row } from './rows.js'
import { requireSame } from './settings.js'
import { StudyStore } from './store.js'

/** What a merge brought. */
export interface MergeSummary {
  /** Generations that were new here. */
  readonly added: number
  /** Generations that were here already; they stay as they are. */
  readonly duplicates: number
}

/**
 * Brings over what a study does not have, in one transaction; the other stays as it is.
 * @throws {@link StudyError} `STUDY_DIFFERS` for other settings, a problem or arm of the same name but other content,
 * or arms of another thinking.
 */
export async function mergeStudy(into: StudyStore, folder: string): Promise<MergeSummary> {
  const other = await StudyStore.open(folder)
  try {
    requireSame(into.settings, other.settings, `The study '${folder}'`)
    if (other.database.folder === into.database.folder)
      throw new StudyError('STUDY_DIFFERS', `'${folder}' is the study itself.`, 'Give another study.')
    return await into.database.transaction(() => copyAcross(other.database, into.database))
  } finally {
    await other.close()
  }
}

async function copyAcross(from: Database, into: Database): Promise<MergeSummary> {
  await addProblems(into, await readProblems(from))
  await addArms(into, await readArms(from))
  await copyRuns(from, into)
  let added = 0
  let duplicates = 0
  for (const { task_id } of await begun(from)) {
    const copied = await copyProblem(from, into, task_id)
    added += copied.added
    duplicates += copied.duplicates
  }
  return { added, duplicates }
}

async function copyRuns(from: Database, into: Database): Promise<void> {
  const [theirs, ours] = await Promise.all(
    [from, into].map((database) => database.rows<object>('SELECT * FROM runs ORDER BY rowid')),
  )
  const known = new Set(ours!.map((row) => JSON.stringify(row)))
  await into.append('runs', theirs!.filter((row) => !known.has(JSON.stringify(row))).map(rowOf))
}

/** The problems of which something is stored: a shard has all problems, and works on some. */
function begun(database: Database): Promise<{ task_id: number }[]> {
  return database.rows('SELECT DISTINCT task_id FROM thinking ORDER BY task_id')
}

interface Place {
  readonly sample: number
  readonly arm: string | null
}

interface Thought {
  readonly sample: number
  readonly context: string
}

/** One problem at a time, so that only that much is in memory. */
async function copyProblem(from: Database, into: Database, taskId: number): Promise<MergeSummary> {
  const both = <T extends object>(query: string) =>
    Promise.all([from, into].map((database) => database.rows<T>(query, [taskId])))
  const [theirs, ours] = await both<Place & { key: string }>(
    'SELECT * FROM generations WHERE task_id = $1 ORDER BY rowid',
  )
  const known = new Set(ours!.map(placeOf))
  const fresh = theirs!.filter((row) => !known.has(placeOf(row)))
  await requireSameThinking(both, taskId, fresh)
  const isFresh = new Set(fresh.map(placeOf))
  await into.append('generations', fresh.map(rowOf))
  for (const table of ['metrics', 'outcomes'] as const) {
    const [rows] = await both<Place>(`SELECT * FROM ${table} WHERE task_id = $1 ORDER BY rowid`)
    await into.append(table, rows!.filter((row) => isFresh.has(placeOf(row))).map(rowOf))
  }
  const [times] = await both<Place>('SELECT * FROM timings WHERE task_id = $1 ORDER BY rowid')
  const knownSamples = new Set(ours!.map(({ sample }) => sample))
  const isNewTime = (row: Place) =>
    row.arm === null ? !knownSamples.has(row.sample) : isFresh.has(placeOf(row))
  await into.append('timings', times!.filter(isNewTime).map(rowOf))
  const [thoughts, ourThoughts] = await both<Thought>(
    'SELECT * FROM thinking WHERE task_id = $1 ORDER BY rowid',
  )
  await into.append(
    'thinking',
    thoughts!.filter(({ sample }) => !ourThoughts!.some((one) => one.sample === sample)).map(rowOf),
  )
  const contexts = new Map(ourThoughts!.map(({ sample, context }) => [sample, context]))
  const isSame = ({ sample, context }: Thought) => (contexts.get(sample) ?? context) === context
  const shared = new Set(thoughts!.filter(isSame).map(({ sample }) => sample))
  await mergeCaptures(from, into, taskId, (sample) => shared.has(sample))
  return { added: fresh.length, duplicates: theirs!.length - fresh.length }
}

/** Arms of one unit share a context: those of another one would not be paired with ours. */
async function requireSameThinking(
  both: <T extends object>(query: string) => Promise<T[][]>,
  taskId: number,
  fresh: readonly Place[],
): Promise<void> {
  const [theirs, ours] = await both<Thought>('SELECT sample, context FROM thinking WHERE task_id = $1')
  for (const { sample, context } of ours!) {
    const other = theirs!.find((one) => one.sample === sample)
    if (!other || other.context === context || !fresh.some((row) => row.sample === sample)) continue
    throw new StudyError(
      'STUDY_DIFFERS',
      `The context of problem ${taskId}, sample ${sample} is another there, and its further arms would not be paired with those here.`,
      'Continue one of the studies with the missing arms instead of merging.',
    )
  }
}

const placeOf = ({ sample, arm }: Place) => `${sample}/${String(arm)}`
const rowOf = (row: object) => Object.values(row) as unknown as Row
