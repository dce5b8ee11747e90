import type { QueueState } from '../../index.js'
import { duration } from '../../text/duration.js'
import type { ProgressStream } from '../run/progress.js'
import { logLine } from './log.js'
import { queueLine } from './queue-log.js'
import { progressText, queueText, rateOf } from './rate.js'
import type { SweepReporter } from './reporter.js'

const CLEAR_LINE = '\r\u001b[K'
/** Milliseconds between two lines where there is no terminal. */
const LINE_EVERY = 30_000
/** Milliseconds between two pictures on a terminal. */
const PICTURE_EVERY = 200

/** For people: one line that is kept up to date on a terminal; elsewhere a log line at times. */
export function textReporter(out: ProgressStream): SweepReporter {
  return out.isTTY ? terminalReporter(out) : logReporter(out)
}

function terminalReporter(out: ProgressStream): SweepReporter {
  let shownAt = -Infinity
  let workers = ''
  return {
    start: ({ study, model, units, arms }) =>
      out.write(`${model}: ${units} units × ${arms.length} arms → ${study}\n`),
    unit: (progress) => {
      if (performance.now() - shownAt < PICTURE_EVERY && progress.done < progress.total) return
      shownAt = performance.now()
      out.write(`${CLEAR_LINE}${`${progressText(progress)}${workers}`.slice(0, (out.columns || 80) - 1)}`)
    },
    queue: (state) => (workers = ` · ${queueText(state)}`),
    notice: (event) => out.write(`${CLEAR_LINE}${queueLine(event, false)}`),
    end: ({ state, generations, passed, milliseconds }) =>
      out.write(
        `${CLEAR_LINE}${state}: ${generations} generations${passed === null ? '' : `, ${passed} passed`} in ${duration(milliseconds)}\n`,
      ),
  }
}

function logReporter(out: ProgressStream): SweepReporter {
  let shownAt = performance.now()
  let workers: QueueState | null = null
  const log = (event: string, fields: Readonly<Record<string, unknown>>) => out.write(logLine(event, fields))
  return {
    start: ({ study, model, units, arms }) => log('start', { study, model, units, arms: arms.length }),
    unit: (progress) => {
      if (performance.now() - shownAt < LINE_EVERY && progress.done < progress.total) return
      shownAt = performance.now()
      const { done, total, generations, passed } = progress
      const { generationsPerSecond, millisecondsLeft } = rateOf(progress)
      log('progress', {
        done,
        total,
        generations,
        per_second: generationsPerSecond.toFixed(1),
        left: done < total ? duration(millisecondsLeft) : null,
        passed,
        failed: passed === null ? null : generations - passed,
        ...(workers && { workers: workers.workers, retried: workers.retried, set_aside: workers.failed }),
      })
    },
    queue: (state) => (workers = state),
    notice: (event) => out.write(queueLine(event, false)),
    end: ({ state, study, generations, passed, milliseconds }) =>
      log('end', { state, study, generations, passed, took: duration(milliseconds) }),
  }
}
