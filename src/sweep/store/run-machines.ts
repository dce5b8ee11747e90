import type { Environment } from '../unit-store.js'
import type { Database } from './database.js'

/** The machines that made a run's units, where workers did: kept in the run's environment, each with its units. */
export class RunMachines {
  readonly #machines = new Map<string, { machine: Environment; units: number }>()

  private constructor(
    private readonly database: Database,
    private readonly row: number,
    private readonly environment: Environment,
  ) {}

  /** Those of the run that was added last. */
  static async ofLastRun(database: Database, environment: Environment): Promise<RunMachines> {
    const [last] = await database.rows<{ row: number }>('SELECT max(rowid) AS row FROM runs')
    return new RunMachines(database, last!.row, environment)
  }

  /** Counts a unit; call it in the unit's transaction. */
  async count(machine: Environment): Promise<void> {
    const key = JSON.stringify(machine)
    const known = this.#machines.get(key)
    this.#machines.set(key, { machine, units: (known?.units ?? 0) + 1 })
    const machines = [...this.#machines.values()].map(({ machine, units }) => ({ ...machine, units }))
    await this.database.run('UPDATE runs SET environment = $1 WHERE rowid = $2', [
      JSON.stringify({ ...this.environment, machines }),
      this.row,
    ])
  }
}
