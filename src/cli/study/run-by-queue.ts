import { sessionOptions, sweepByQueue, sweepOptions, type StudyConfig } from '../../index.js'
import { countsOf } from './counts.js'
import type { SweepReporter } from './reporter.js'

/** What became of a study's units. */
export type Outcome = 'done' | 'stopped' | 'some failed'

/**
 * Has the study of one model of a configuration run by a queue's workers.
 * @throws what {@link sweepByQueue} throws, unless the signal stopped it.
 */
export async function runByQueue(
  config: StudyConfig,
  name: string | null,
  queue: string | undefined,
  reporter: SweepReporter,
  signal: AbortSignal,
): Promise<Outcome> {
  const options = await sweepOptions(config, name)
  const study = options.study!
  const startedAt = performance.now()
  let counts: ReturnType<typeof countsOf> = { generations: 0, passed: null }
  const end = (state: 'done' | 'stopped' | 'failed') =>
    reporter.end({ study, state, ...counts, milliseconds: performance.now() - startedAt })
  try {
    const { sweep, failed } = await sweepByQueue({
      ...options,
      study,
      queue,
      session: await sessionOptions(config, name),
      signal,
      onStart: (start) => reporter.start({ study, name, ...start }),
      onProgress: (progress) => {
        const { generations, passed } = progress
        counts = { generations, passed }
        reporter.unit(progress)
      },
      onState: (state) => reporter.queue(state),
      onEvent: (event) => reporter.notice(event),
    })
    counts = countsOf(sweep.records) // also where nothing was left to do
    end(failed.length > 0 ? 'failed' : 'done')
    return failed.length > 0 ? 'some failed' : 'done'
  } catch (error) {
    end(signal.aborted ? 'stopped' : 'failed')
    if (!signal.aborted) throw error
    return 'stopped'
  }
}
