import type { RunFacts } from './facts.js'

/** A machine that generated a part of a study. */
export interface MachineFacts {
  readonly environment: RunFacts['environment']
  /** What it made, where that is known. */
  readonly units: number | null
}

/** The machines of all runs: of a run by a queue those of its workers, else the run's own. */
export function machinesOf(runs: readonly RunFacts[]): MachineFacts[] {
  return runs.flatMap(({ environment }): MachineFacts[] => {
    if (!('queue' in environment)) return [{ environment, units: null }]
    const workers = (environment['machines'] ?? []) as (RunFacts['environment'] & { units: number })[]
    return workers.map(({ units, ...machine }) => ({ environment: machine, units }))
  })
}

/** Every machine once, with its units where they are known. */
export function machineList(machines: readonly MachineFacts[]): string[] {
  const byName = new Map<string, number | null>()
  for (const { environment, units } of machines) {
    const name = describe(environment)
    const known = byName.get(name) ?? null
    byName.set(name, units === null ? known : (known ?? 0) + units)
  }
  return [...byName].map(([name, units]) => (units === null ? name : `${name}: ${units} units`))
}

/** What computes there. */
export function backendOf({ environment: { gpu } }: MachineFacts): string {
  return gpu === false ? 'CPU' : String(gpu ?? 'unknown')
}

/** The state of the code there. */
export function commitOf({ environment: { commit } }: Pick<MachineFacts, 'environment'>): string {
  return typeof commit === 'string' ? commit : 'installed'
}

function describe(environment: MachineFacts['environment']): string {
  const { host, platform, cpu, node } = environment
  const backend = backendOf({ environment, units: null })
  return `${String(host)} (${String(platform)}, ${String(cpu)}, computes on ${backend}, Node ${String(node)})`
}
