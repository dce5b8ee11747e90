import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DuckDBInstance } from '@duckdb/node-api'
import { HEADERS, isCheckpointOpen, undoCheckpoint } from './checkpoint.js'
import { StudyError } from './errors.js'
import { cutUnsynced, isMarked, logSize, markLog } from './log.js'

/** The file in a study's folder that DuckDB keeps. */
export const DATABASE = 'study.duckdb'
/** Says who holds the study; the lock itself is the system's, and ends with the process. */
const HOLDER = 'holder.txt'

/** What DuckDB says where another process holds the file. */
const IN_USE = /set lock on file/
/** Checkpoints are made by us: {@link checkpoint}. */
const OPTIONS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  checkpoint_threshold: '1TB',
}

/** A study's DuckDB file, opened. */
export interface OpenFile {
  readonly instance: DuckDBInstance
  /**
   * The same file, to read from. It stays open as long as DuckDB has it: POSIX ends a process' lock on a file as soon as the
   * process closes any of its descriptors of it.
   */
  readonly descriptor: number
  /** Of a study on a medium, or in a folder, that this process may not write to. */
  readonly isReadOnly: boolean
}

/** Opens the DuckDB file of a study, and makes it where it is not yet. What a power cut left half done is undone. */
export async function openFile(folder: string): Promise<OpenFile> {
  const { DuckDBInstance } = await import('@duckdb/node-api') // 70 MB of library, for those who have a study
  mkdirSync(folder, { recursive: true })
  const path = join(folder, DATABASE)
  if (isOpenHere(path))
    throw new StudyError(
      'STUDY_IN_USE',
      `The study '${folder}' is held by another thread of this process.`,
      'Open it in one thread.',
    )
  const create = (more = {}) => DuckDBInstance.create(path, { ...OPTIONS, ...more })
  if (existsSync(path) && !isCheckpointOpen(path) && !(isWritable(folder) && isWritable(path)))
    return {
      instance: await create({ access_mode: 'READ_ONLY' }),
      descriptor: openSync(path, 'r'),
      isReadOnly: true,
    }
  if (isCheckpointOpen(path)) {
    await requireUnused(() => create({ access_mode: 'READ_ONLY' }))
    undoCheckpoint(path)
  }
  const instance = await create().catch((error: unknown) => {
    if (!mend(path, String(error))) throw error
    return create()
  })
  const connection = await instance.connect()
  await connection.run('PRAGMA disable_checkpoint_on_shutdown')
  connection.closeSync()
  if (logSize(path) === 0) markLog(path, true)
  try {
    writeFileSync(
      join(folder, HOLDER),
      `process ${process.pid} on ${hostname()} since ${new Date().toISOString()}\n`,
    )
  } catch {
    // It only informs; a full disk is told when something matters.
  }
  return { instance, descriptor: openSync(path, 'r'), isReadOnly: false }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Takes away what a power cut left half made; `false`: there is nothing of that kind. */
function mend(path: string, said: string): boolean {
  if (IN_USE.test(said)) return false
  if (isUnmade(path)) {
    rmSync(path)
    return true
  }
  return /replaying WAL/.test(said) && cutUnsynced(path)
}

/** Did DuckDB not come to the end of making the file? Nothing is stored then. */
function isUnmade(path: string): boolean {
  return !isMarked(path) && logSize(path) === 0 && statSync(path).size <= HEADERS
}

/** Ends the instance and says that nobody holds the study. */
export function closeFile({ instance, descriptor, isReadOnly }: OpenFile, folder: string): void {
  if (!isReadOnly) rmSync(join(folder, HOLDER), { force: true })
  instance.closeSync()
  closeSync(descriptor)
}

/** @throws the error that another process holds the file; whatever else is wrong with it */
async function requireUnused(openIt: () => Promise<DuckDBInstance>): Promise<void> {
  try {
    ;(await openIt()).closeSync()
  } catch (error) {
    if (IN_USE.test(String(error))) throw error
  }
}

/** Does this process hold the file, in a worker thread whose modules are others? Known on Linux only. */
function isOpenHere(path: string): boolean {
  try {
    return readdirSync('/proc/self/fd').some((fd) => linkOf(`/proc/self/fd/${fd}`) === path)
  } catch {
    return false
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

/** Who holds a study, as it said. */
export function holder(folder: string): string | null {
  try {
    return readFileSync(join(folder, HOLDER), 'utf8').trim()
  } catch {
    return null
  }
}
