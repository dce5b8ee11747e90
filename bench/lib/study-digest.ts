import { StudyStore, TABLES } from '../../src/sweep/index.js'

/** Of all rows of a study that do not tell of time and place: two studies with the same are equal row for row. */
export async function studyDigest(folder: string): Promise<string> {
  const store = await StudyStore.open(folder)
  try {
    const digests: string[] = []
    for (const table of TABLES) {
      if (table === 'timings' || table === 'runs') continue
      const [row] = await store.database.rows<{ digest: string }>(
        `SELECT count(*) || '/' || coalesce(sum(hash(rows)::HUGEINT), 0) AS digest FROM ${table} AS rows`,
      )
      digests.push(`${table} ${row!.digest}`)
    }
    return digests.join(', ')
  } finally {
    await store.close()
  }
}
