import {
  createSession,
  openStudy,
  sessionOptions,
  StudyError,
  SweepEndedError,
  unitCount,
  type StudyConfig,
} from '../../index.js'
import { countsOf } from './counts.js'
import { partOptions, type StudyPart } from './part.js'
import type { SweepReporter } from './reporter.js'

/**
 * Runs the study of one model of a configuration, or a shard of it.
 * @returns whether it is finished; `false`: the signal stopped it.
 */
export async function runStudy(
  config: StudyConfig,
  part: StudyPart,
  reporter: SweepReporter,
  signal: AbortSignal,
): Promise<boolean> {
  const { name } = part
  const options = await partOptions(config, part)
  const { study } = options
  await requireFree(study)
  const nir = await createSession(await sessionOptions(config, name))
  const startedAt = performance.now()
  const end = (
    state: 'done' | 'stopped' | 'failed',
    { records }: Pick<SweepEndedError['sweep'], 'records'>,
  ) => reporter.end({ study, state, ...countsOf(records), milliseconds: performance.now() - startedAt })
  try {
    reporter.start({
      study,
      name,
      model: nir.model.name,
      units: unitCount(options),
      arms: nir.arms(options).map((arm) => arm.name),
    })
    end('done', await nir.sweep({ ...options, signal, onProgress: (progress) => reporter.unit(progress) }))
    return true
  } catch (error) {
    const isStopped = signal.aborted
    end(isStopped ? 'stopped' : 'failed', error instanceof SweepEndedError ? error.sweep : { records: [] })
    if (!isStopped) throw error
    return false
  } finally {
    await nir.close()
  }
}

/** Who holds the study is told before a model is loaded, which takes long. */
async function requireFree(study: string): Promise<void> {
  try {
    await (await openStudy(study)).close()
  } catch (error) {
    if (!(error instanceof StudyError && error.code === 'NOT_A_STUDY')) throw error
  }
}
