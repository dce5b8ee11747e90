import { expect, it } from 'vitest'
import { stubSettings } from '../../bench/lib/stub-sweep.js'
import { StudyReport, type RunFacts } from '../../src/analysis/index.js'
import { sweep } from './records.js'

const records = sweep({ problems: 5 })

function reportOf(...environments: RunFacts['environment'][]): StudyReport {
  return reportOn(records, new Set(), environments)
}

function reportOn(
  of: typeof records,
  withoutTests: ReadonlySet<number>,
  environments: readonly RunFacts['environment'][],
): StudyReport {
  const runs = environments.map((environment) => ({
    startedAt: '2026-01-01T00:00:00.000Z',
    dataSetHash: '0',
    problems: 5,
    samples: 1,
    environment,
  }))
  const facts = { folder: 'study', settings: stubSettings(), runs, stages: [], units: { done: 5, total: 5 } }
  const more = { problems: new Map(), withoutTests }
  return new StudyReport({ facts: { ...facts, ...more }, records: of, published: [] })
}

const machine = (host: string, gpu: string | false, commit = 'abc') => ({
  host,
  gpu,
  commit,
  platform: 'linux',
  cpu: 'a CPU',
  node: 'v22',
})

it('lists the machines that generated: workers with their units, and not who handed them out', () => {
  const [one, two] = [machine('gpu-1', 'cuda'), machine('gpu-2', false)]
  const queued = (...machines: object[]) => ({ host: 'coordinator', commit: 'abc', queue: 'redis', machines })
  const report = reportOf(queued({ ...one, units: 3 }, { ...two, units: 4 }), queued({ ...one, units: 5 }))
  const text = report.toText()
  expect(text).toMatch(
    /machines +gpu-1 \(linux, a CPU, computes on cuda, Node v22\): 8 units; gpu-2 \(linux, a CPU, computes on CPU, Node v22\): 4 units\n/,
  )
  expect(text).not.toContain('undefined')
  expect(report.warnings).toContain('Parts were made on different machines: gpu-1, gpu-2.')
  expect(report.warnings).toContain('Parts were computed by different backends: cuda, CPU.')
  expect(report.warnings.join()).not.toContain('states of the code')
})

it('tells that a worker had another state of the code than the coordinator', () => {
  const worker = { ...machine('gpu-1', 'cuda', 'def-dirty'), units: 2 }
  const { warnings } = reportOf({ ...machine('coordinator', false), queue: 'redis', machines: [worker] })
  expect(warnings).toContain('Parts were made by different states of the code: abc, def-dirty.')
  expect(warnings).toContain('The code had changes that no commit holds.')
  expect(warnings.join()).not.toMatch(/different (machines|backends)/)
})

it('names the one machine of a sweep in process once, whatever the number of runs', () => {
  const report = reportOf(machine('here', false), machine('here', false))
  expect(report.toText()).toMatch(/machines +here \(linux, a CPU, computes on CPU, Node v22\)\n/)
  expect(report.warnings.join()).not.toContain('Parts')
})

it('tells generations whose problems have no tests from those that could not be tested', () => {
  const [one, two] = [...new Set(records.map(({ taskId }) => taskId))]
  const untested = records.map((record) =>
    record.taskId === one || record.taskId === two ? { ...record, passed: null, outcome: null } : record,
  )
  const of = (id: number | undefined) => records.filter(({ taskId }) => taskId === id).length
  const { warnings } = reportOn(untested, new Set([one!]), [machine('here', false)])
  expect(warnings).toContain(
    `${of(one)} of ${records.length} generations were not tested: their problems have no tests.`,
  )
  expect(warnings).toContain(
    `${of(two)} of ${records.length} generations were not tested: there was no sandbox or no Python.`,
  )
})

it('keeps arms apart whose names have commas, and says once when its only sweep began', () => {
  const named = records.map((record) => ({ ...record, arm: `${record.arm}, temperature 0.8` }))
  const text = reportOn(named, new Set(), [machine('here', false)]).toText()
  expect(text).toMatch(/arms +\d+: [^,]+, temperature 0\.8; [^,]+, temperature 0\.8/)
  expect(text).toMatch(/sweeps +1, begun 2026-01-01T00:00:00\.000Z\n/)
  expect(reportOf(machine('here', false)).toText()).toMatch(/arms +\d+: [^,;]+, [^;]+\n/)
})
