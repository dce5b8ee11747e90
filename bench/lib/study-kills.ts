import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hashOfFile, seedFrom, StudyStore, TABLES } from '../../src/sweep/index.js'

/** How to kill. */
export interface KillOptions {
  /** The child's script, compiled. */
  readonly child: string
  readonly mode: 'stub' | 'kept' | 'embedded'
  /** Where studies are made. */
  readonly folder: string
  readonly units: number
  /** A child is killed at a random moment up to so many milliseconds after it began to work. */
  readonly within: number
  /** All randomness follows from it. */
  readonly seed: number
}

/** What came of it. */
export interface KillSummary {
  readonly kills: number
  /** Kills after which more units were stored than before: those that hit the work. */
  readonly amidst: number
  /** Studies that were finished, each equal to the one that was never interrupted. */
  readonly studies: number
}

/** What one child did. */
interface Life {
  readonly killed: boolean
  readonly lines: readonly string[]
}

/**
 * Kills children (SIGKILL) that work on a study until `isEnough`, starting them again and again; each finished study is
 * compared with one that was never interrupted.
 * @throws Error where a stored unit was lost, a study differs, or a child fails.
 */
export async function killAgainAndAgain(
  options: KillOptions,
  isEnough: (summary: KillSummary) => boolean,
): Promise<KillSummary> {
  const { folder, mode, units } = options
  const whole = await live(options, join(folder, 'whole'), Infinity)
  if (whole.killed || whole.lines.at(-1) !== 'end')
    throw new Error(`The child failed: ${whole.lines.join('\n')}`)
  const expected = await dumpStudy(join(folder, 'whole'))
  let summary: KillSummary = { kills: 0, amidst: 0, studies: 0 }
  while (!isEnough(summary)) {
    const study = join(folder, `study-${summary.studies}`)
    let acknowledged = new Set<string>()
    for (let finished = false; !finished;) {
      const random = seedFrom(options.seed, summary.studies, summary.kills) / 2 ** 32
      const after = isEnough(summary) ? Infinity : random * options.within
      const { killed, lines } = await live(options, study, after)
      finished = !killed
      if (finished && lines.at(-1) !== 'end') throw new Error(`The child failed: ${lines.join('\n')}`)
      const stored = lines.find((line) => line.startsWith('stored '))?.split(' ')
      const lost = stored && [...acknowledged].filter((unit) => !stored.includes(unit))
      if (lost && lost.length > 0) throw new Error(`Stored before the kill and lost: ${lost.join(', ')}.`)
      const before = acknowledged.size
      const told = lines.filter((line) => line.startsWith('unit ')).map((line) => line.slice(5))
      const twice = told.filter((unit) => acknowledged.has(unit))
      if (twice.length > 0) throw new Error(`Computed twice: ${twice.join(', ')}.`)
      acknowledged = new Set([...acknowledged, ...told])
      if (killed)
        summary = {
          ...summary,
          kills: summary.kills + 1,
          amidst: summary.amidst + Number(acknowledged.size > before),
        }
    }
    const difference = differenceOf(await dumpStudy(study), expected)
    if (difference) throw new Error(`A study of ${units} units (${mode}) differs after kills: ${difference}`)
    await rm(study, { recursive: true })
    summary = { ...summary, studies: summary.studies + 1 }
  }
  return summary
}

/** Runs a child; kills it so many milliseconds after it is ready, or, for every eighth, after it was started. */
function live({ child, mode, units }: KillOptions, study: string, after: number): Promise<Life> {
  const running = spawn(process.execPath, [child, mode, study, String(units)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  let timer: NodeJS.Timeout | undefined
  const killLater = () => {
    if (Number.isFinite(after)) timer ??= setTimeout(() => running.kill('SIGKILL'), after)
  }
  const sign = Math.round(after) % 8 === 0 ? 'begin' : 'ready'
  running.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
    if (said.includes(`${sign}\n`) || said.includes('ready\n')) killLater()
  })
  return new Promise((resolve, reject) => {
    running.once('error', reject)
    running.once('close', (_, signal) => {
      clearTimeout(timer)
      resolve({ killed: signal === 'SIGKILL', lines: said.split('\n').slice(0, -1) })
    })
  })
}

/** All rows of a study that do not tell of time and place, in an order of their own. */
export async function dumpStudy(folder: string): Promise<Record<string, string[]>> {
  const store = await StudyStore.open(folder)
  try {
    const dump: Record<string, string[]> = {}
    for (const table of TABLES) {
      if (table === 'timings' || table === 'runs') continue
      const rows = await store.database.rows(`SELECT * FROM ${table} ORDER BY ALL`)
      dump[table] = rows.map((row) => JSON.stringify(row))
    }
    await checkKept(store)
    return dump
  } finally {
    await store.close()
  }
}

/** Are the files of kept CRVs there, with the bytes that were written? */
async function checkKept({ database }: StudyStore): Promise<void> {
  const files = await database.rows<{ file: string; file_hash: string }>(
    'SELECT DISTINCT file, file_hash FROM captures WHERE file IS NOT NULL',
  )
  for (const { file, file_hash: hash } of files)
    if ((await hashOfFile(join(database.folder, file))) !== hash) throw new Error(`${file} has other bytes.`)
}

/** What distinguishes a dump from another, in words. */
export function differenceOf(
  got: Record<string, string[]>,
  expected: Record<string, string[]>,
): string | null {
  for (const [table, rows] of Object.entries(expected)) {
    const other = got[table] ?? []
    if (rows.length !== other.length) return `${table} has ${other.length} rows, expected ${rows.length}.`
    const at = rows.findIndex((row, index) => row !== other[index])
    if (at >= 0) return `${table} has ${other[at]}, expected ${rows[at]}.`
  }
  return null
}
