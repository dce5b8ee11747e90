import {
  createSession,
  sessionOptions,
  sweepOptions,
  SweepEndedError,
  unitCount,
  type Shard,
  type StudyConfig,
} from '../../index.js'
import { countsOf } from './counts.js'
import type { SweepReporter } from './reporter.js'
import { shardFolder } from './shard-argument.js'

/** Which part of a configuration. */
export interface StudyPart {
  /** Of the model; `null`: the configuration's only one. */
  readonly name: string | null
  readonly shard: Shard | undefined
}

/**
 * Runs the study of one model of a configuration, or a shard of it.
 * @returns whether it is finished; `false`: the signal stopped it.
 */
export async function runStudy(
  config: StudyConfig,
  { name, shard }: StudyPart,
  reporter: SweepReporter,
  signal: AbortSignal,
): Promise<boolean> {
  const configured = await sweepOptions(config, name)
  const study = shard ? shardFolder(configured.study!, shard) : configured.study!
  const options = { ...configured, shard, study }
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
