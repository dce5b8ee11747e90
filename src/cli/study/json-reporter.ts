import { queueLine } from './queue-log.js'
import type { SweepReporter } from './reporter.js'

/** JSON lines on standard output: an object with `event` and `time` each. See docs/studies.md. */
export function jsonReporter(write: (line: string) => void): SweepReporter {
  const emit = (event: string, fields: object) =>
    write(`${JSON.stringify({ event, time: new Date().toISOString(), ...fields })}\n`)
  return {
    start: (start) => emit('start', start),
    unit: ({ done, total, computed, taskId, sample, unit, generations, passed, milliseconds }) =>
      emit('unit', {
        taskId,
        sample,
        arms: unit.map(({ arm, passed, outcome, parses, tokenCount }) => ({
          arm,
          passed,
          outcome,
          parses,
          tokens: tokenCount,
        })),
        done,
        total,
        computed,
        generations,
        passed,
        milliseconds,
      }),
    queue: (state) => emit('queue', state),
    notice: (event) => write(queueLine(event, true)),
    end: (end) => emit('end', end),
  }
}
