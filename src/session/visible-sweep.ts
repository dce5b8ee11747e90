import { ProgressFile, type StudyStore, type SweepOptions } from '../sweep/index.js'

/** Runs a sweep into a study, with a file beside the study's database that says how far it is. */
export async function visibly<T>(
  { database: { folder } }: StudyStore,
  units: number,
  options: SweepOptions,
  run: (options: SweepOptions) => Promise<T>,
): Promise<T> {
  const file = new ProgressFile(folder, units)
  try {
    const result = await run({
      ...options,
      onProgress: (progress) => {
        file.update(progress)
        options.onProgress?.(progress)
      },
    })
    file.end('done')
    return result
  } catch (error) {
    file.end(options.signal?.aborted ? 'stopped' : 'failed')
    throw error
  }
}
