import type { ArmCount, FailedUnit, StudyStatus } from '../../index.js'
import { duration } from '../../text/duration.js'

const LAST_RUN = {
  running: 'is running',
  done: 'was done',
  stopped: 'was stopped',
  failed: 'failed',
  killed: 'ended without a word (killed, or the machine went down)',
}

/** How far a study is, for people. */
export function statusText(status: StudyStatus): string {
  const { folder, settings, holder, units, arms, generationsPerSecond, millisecondsLeft, lastRun, setAside } =
    status
  const percent = units.total > 0 ? ` (${((100 * units.done) / units.total).toFixed(1)} %)` : ''
  const pace = [
    ...(generationsPerSecond === null ? [] : [`${generationsPerSecond.toFixed(1)} generations/s`]),
    ...(millisecondsLeft === null ? [] : [`${duration(millisecondsLeft)} left`]),
  ]
  return [
    `${folder}: ${settings.model.name}`,
    `${units.done} of ${units.total} units${percent}${holder === null ? '' : `; held by ${holder}`}`,
    ...(lastRun === null ? [] : [`the last sweep ${[LAST_RUN[lastRun], ...pace].join(', ')}`]),
    ...armLines(arms),
    ...setAside.map(setAsideLine),
  ].join('\n')
}

function armLines(arms: readonly ArmCount[]): string[] {
  const width = Math.max(...arms.map(({ arm }) => arm.length), 0)
  return arms.map(({ arm, generations, tested, passed }) => {
    const share = tested > 0 ? `${((100 * passed) / tested).toFixed(1)} % passed` : 'not tested'
    return `  ${arm.padEnd(width)}  ${String(generations).padStart(6)}  ${share}`
  })
}

function setAsideLine({ taskId, sample, attempts, error }: FailedUnit): string {
  return `set aside after ${attempts} attempts: problem ${taskId}, sample ${sample}: ${error}`
}
