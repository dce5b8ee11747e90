import type { SweepRecord } from '../../sweep/record.js'
import type { StudyFacts } from './facts.js'
import { backendOf, commitOf, machinesOf } from './machines.js'

/** Fewer problems than this show only large differences. */
const FEW_PROBLEMS = 50

/** What a reader has to know before the figures. */
export function warnings(facts: StudyFacts, records: readonly SweepRecord[]): string[] {
  const { settings, runs, units } = facts
  const problems = new Set(records.map(({ taskId }) => taskId)).size
  const machines = machinesOf(runs)
  const hosts = unique(machines.map(({ environment }) => String(environment['host'])))
  const backends = unique(machines.map(backendOf))
  const untested = records.filter(({ passed }) => passed === null)
  const withoutTests = untested.filter(({ taskId }) => facts.withoutTests.has(taskId)).length
  const notRun = untested.length - withoutTests
  const unparsed = records.filter(({ parses }) => parses === null).length
  const commits = unique([...runs, ...machines].map(commitOf))
  return [
    ...(units.done < units.total
      ? [`The study is not finished: ${units.done} of ${units.total} units have all arms.`]
      : []),
    ...(withoutTests > 0
      ? [`${withoutTests} of ${records.length} generations were not tested: their problems have no tests.`]
      : []),
    ...(notRun > 0
      ? [`${notRun} of ${records.length} generations were not tested: there was no sandbox or no Python.`]
      : []),
    ...(unparsed > 0
      ? [`${unparsed} of ${records.length} generations were not parsed: there was no Python.`]
      : []),
    ...(problems < FEW_PROBLEMS
      ? [`${problems} ${problems === 1 ? 'problem shows' : 'problems show'} only large differences.`]
      : []),
    ...(commits.length > 1
      ? [`Parts were made by different states of the code: ${commits.join(', ')}.`]
      : []),
    ...(commits.some((commit) => commit.endsWith('-dirty'))
      ? ['The code had changes that no commit holds.']
      : []),
    ...(hosts.length > 1 ? [`Parts were made on different machines: ${hosts.join(', ')}.`] : []),
    ...(backends.length > 1 ? [`Parts were computed by different backends: ${backends.join(', ')}.`] : []),
    ...(settings.engine.exact
      ? []
      : ['The session was not exact: run again, last digits and seldom a token may differ.']),
  ]
}

const unique = (values: readonly string[]) => [...new Set(values)]
