import type { Database } from './database.js'
import { copyCrv, type KeptFile, type KeptLayer } from './kept-crvs.js'
import type { Row } from './rows.js'

interface Capture extends KeptLayer {
  readonly tokens: number
  readonly hidden_size: number
}

/**
 * Brings over which layers of a problem's contexts were captured, and the files of those that are kept there and not
 * here. Files are on the disk before the transaction ends.
 * @param isShared - has the sample the same context in both, or is it new here?
 */
export async function mergeCaptures(
  from: Database,
  into: Database,
  taskId: number,
  isShared: (sample: number) => boolean,
): Promise<void> {
  const [theirs, ours] = await Promise.all(
    [from, into].map((database) =>
      database.rows<Capture>('SELECT * EXCLUDE (task_id) FROM captures WHERE task_id = $1 ORDER BY rowid', [
        taskId,
      ]),
    ),
  )
  for (const sample of new Set(theirs!.map((row) => row.sample))) {
    if (!isShared(sample)) continue
    const stored = ours!.filter((row) => row.sample === sample)
    const known = new Map(stored.map(({ layer, file }) => [layer, file]))
    const fresh = theirs!.filter(
      ({ sample: at, layer, file }) =>
        at === sample && (file === null ? !known.has(layer) : !known.get(layer)),
    )
    const files = await copyFiles(from.folder, into.folder, { taskId, sample }, fresh, stored)
    for (const { layer } of fresh.filter((row) => known.has(row.layer)))
      await into.run('DELETE FROM captures WHERE task_id = $1 AND sample = $2 AND layer = $3', [
        taskId,
        sample,
        layer,
      ])
    await into.append(
      'captures',
      fresh.map(({ layer, tokens, hidden_size, file }): Row => {
        const kept = file === null ? null : files.get(file)!
        return [taskId, sample, layer, tokens, hidden_size, kept?.file ?? null, kept?.file_hash ?? null]
      }),
    )
  }
}

/** Their name → what it is here. */
async function copyFiles(
  from: string,
  into: string,
  unit: { readonly taskId: number; readonly sample: number },
  fresh: readonly KeptLayer[],
  stored: readonly KeptLayer[],
): Promise<Map<string, KeptFile>> {
  const files = new Map<string, KeptFile>()
  const here: KeptLayer[] = [...stored]
  for (const row of fresh) {
    if (row.file === null || row.file_hash === null || files.has(row.file)) continue
    const copy = await copyCrv(from, into, unit, { file: row.file, file_hash: row.file_hash }, here)
    files.set(row.file, copy)
    here.push({ ...row, ...copy })
  }
  return files
}
