import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A unit that was set aside. */
export interface FailedUnit {
  readonly taskId: number
  readonly sample: number
  readonly attempts: number
  /** The last error's message. */
  readonly error: string
}

const FILE = 'failed-units.json'

/** The units that the last sweep by a queue set aside; a sweep into the same study tries them again. */
export function readFailedUnits(folder: string): FailedUnit[] {
  const path = join(folder, FILE)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as FailedUnit[]) : []
}

export function writeFailedUnits(folder: string, units: readonly FailedUnit[]): void {
  const path = join(folder, FILE)
  if (units.length === 0) return rmSync(path, { force: true })
  writeFileSync(`${path}.part`, `${JSON.stringify(units, null, 2)}\n`)
  renameSync(`${path}.part`, path)
}
