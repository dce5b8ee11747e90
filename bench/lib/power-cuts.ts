import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom, type Random } from '../../src/analysis/statistics/random.js'
import { layOut, PowerDisk, type Order, type Tree } from './power-disk.js'
import { stubSweep, stubSweepOf, type StubMode } from './stub-sweep.js'
import { differenceOf, dumpStudy } from './study-kills.js'
import { journalled, saidUntil, type JournalEntry } from './write-journal.js'

/** How to cut the power. */
export interface PowerCutOptions {
  /** The child's script, compiled. */
  readonly child: string
  readonly mode: StubMode
  /** Where studies are made. */
  readonly folder: string
  readonly units: number
  readonly cuts: number
  /** All randomness follows from it. */
  readonly seed: number
}

/** What came of it. */
export interface PowerCutSummary {
  /** Changes of files and folders, syncs included, that the process made. */
  readonly changes: number
  /** Cuts after which some units were stored and others not. */
  readonly amidst: number
  /** Cuts that left something else than all that had been written. */
  readonly losing: number
}

/** A new folder, in memory where there is room: what was synced is in the journal, so that a real disk shows nothing more. */
export function cutFolder(): string {
  const memory = '/dev/shm'
  const { bavail, bsize } = existsSync(memory) ? statfsSync(memory) : { bavail: 0, bsize: 0 }
  const parent = bavail * bsize > 500_000_000 ? memory : tmpdir()
  return realpathSync(mkdtempSync(join(parent, 'nir-power-cuts-')))
}

/**
 * Journals a process that works on a study to its end; then lays out, again and again, what a disk may hold if the power was
 * cut at a random point of that, and goes on with it.
 * @throws Error where a stored unit was lost or is done twice, a study cannot be opened, or one differs from what the process
 * left.
 */
export async function cutAgainAndAgain(options: PowerCutOptions): Promise<PowerCutSummary> {
  const { child, mode, folder, units } = options
  const root = join(folder, 'journalled')
  const journal = await journalled(process.execPath, [child, mode, join(root, 'study'), String(units)], root)
  const missing = differenceOfTrees(new PowerDisk(root, journal).whole(), treeOfFolder(root))
  if (missing) throw new Error(`The journal is not complete: ${missing}.`)
  const changes = journal.filter(({ kind }) => kind !== 'said')
  const expected = await dumpStudy(join(root, 'study'))
  let [amidst, losing] = [0, 0]
  const failures: string[] = []
  for (let cut = 0; cut < options.cuts; cut++) {
    const random = seededRandom(options.seed * 2 ** 20 + cut)
    const point = pointIn(journal, random)
    const order: Order = random() < 0.5 ? 'in order' : 'any'
    const disk = new PowerDisk(root, journal.slice(0, point))
    const left = disk.afterCut(random, order)
    losing += Number(differenceOfTrees(left, disk.whole()) !== null)
    const place = join(folder, `cut-${cut}`)
    layOut(left, place)
    try {
      const stored = await goOn(join(place, 'study'), options, toldUntil(journal, point))
      amidst += Number(stored > 0 && stored < units)
      const difference = differenceOf(await dumpStudy(join(place, 'study')), expected)
      if (difference) throw new Error(`The study differs: ${difference}`)
    } catch (error) {
      failures.push(`cut ${cut} (${order}, after ${point} of ${journal.length} entries): ${String(error)}`)
    }
    rmSync(place, { recursive: true })
  }
  if (failures.length > 0)
    throw new Error(
      `${failures.length} of ${options.cuts} cuts of a study (${mode}) did harm:\n${failures.join('\n')}`,
    )
  return { changes: changes.length, amidst, losing }
}

/**
 * How many entries were before a cut: any number; or those before a sync, when there is most to lose; or before one that ends
 * large writes, that is, a checkpoint.
 */
function pointIn(journal: readonly JournalEntry[], random: Random): number {
  const all = [...journal.keys(), journal.length]
  const syncs = all.filter((index) => journal[index]?.kind === 'sync')
  const large = syncs.filter((index) => journal[index - 1]!.data.length > 100_000)
  const points = [all, syncs, large][Math.floor(random() * 3)]!
  return points[Math.floor(random() * points.length)]!
}

/** Finishes a study as a user would; returns how many units it had. */
async function goOn(
  study: string,
  { mode, units }: PowerCutOptions,
  told: readonly number[],
): Promise<number> {
  let stored: readonly number[] = []
  const done: number[] = []
  await stubSweep(study, {
    ...stubSweepOf(mode, units),
    onStart: (ids) => (stored = ids),
    onUnit: (id) => done.push(id),
  })
  const lost = told.filter((id) => !stored.includes(id))
  if (lost.length > 0) throw new Error(`Stored before the cut and lost: ${lost.join(', ')}.`)
  const twice = done.filter((id) => stored.includes(id))
  if (twice.length > 0) throw new Error(`Computed twice: ${twice.join(', ')}.`)
  return stored.length
}

/** The units that the process had called stored. */
function toldUntil(journal: readonly JournalEntry[], point: number): number[] {
  const told = saidUntil(journal, point).filter((line) => line.startsWith('unit '))
  return told.map((line) => Number(line.slice(5)))
}

function treeOfFolder(folder: string): Tree {
  return new Map(
    readdirSync(folder, { withFileTypes: true }).map((entry) => {
      const path = join(folder, entry.name)
      return [entry.name, entry.isDirectory() ? treeOfFolder(path) : readFileSync(path)]
    }),
  )
}

function differenceOfTrees(one: Tree, other: Tree): string | null {
  for (const name of new Set([...one.keys(), ...other.keys()])) {
    const [a, b] = [one.get(name), other.get(name)]
    if (a instanceof Map && b instanceof Map) {
      const below = differenceOfTrees(a, b)
      if (below) return `${name}/${below}`
    } else if (!Buffer.isBuffer(a) || !Buffer.isBuffer(b) || !a.equals(b)) return name
  }
  return null
}
