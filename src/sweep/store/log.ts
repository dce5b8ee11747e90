import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from './sync-folder.js'

/** Digits of the mark: few enough to be in one sector, which a disk writes whole or not at all. */
const DIGITS = 20

/** Bytes of the log of a DuckDB file: what is not in the file yet. */
export function logSize(path: string): number {
  return statSync(logOf(path), { throwIfNoEntry: false })?.size ?? 0
}

/**
 * Says that all of the log is on the disk. DuckDB synced it, but not its name.
 * @param isNew - is the log a file that was made since this was last said, as after a checkpoint?
 */
export function markLog(path: string, isNew: boolean): void {
  const mark = openSync(markOf(path), isMarked(path) ? 'r+' : 'w')
  try {
    writeSync(mark, String(logSize(path)).padStart(DIGITS), 0)
    fsyncSync(mark)
  } finally {
    closeSync(mark)
  }
  if (isNew) syncFolder(dirname(path))
}

/** Was anything ever said to be on the disk? */
export function isMarked(path: string): boolean {
  return existsSync(markOf(path))
}

/**
 * Cuts off the log what was never said to be stored: of what was not synced when the power went, a disk may hold parts or
 * zeros, and DuckDB refuses such a log. Damage of what was synced stays to be told.
 * @returns was there something to cut off?
 */
export function cutUnsynced(path: string): boolean {
  const mark = isMarked(path) ? readFileSync(markOf(path), 'utf8') : ''
  if (mark.length !== DIGITS || logSize(path) <= Number(mark)) return false
  truncateSync(logOf(path), Number(mark))
  return true
}

const logOf = (path: string) => `${path}.wal`
const markOf = (path: string) => `${path}.synced`
