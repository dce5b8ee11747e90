import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { syncFolder } from './sync-folder.js'

/** DuckDB's log of what is not in its file yet. */
const LOG = 'study.duckdb.wal'
/** How many bytes of the log are surely on the disk: a number, written in place (a sector is written whole or not at all). */
const MARK = 'study.duckdb.synced'

/** Bytes. */
export function logSize(folder: string): number {
  return statSync(join(folder, LOG), { throwIfNoEntry: false })?.size ?? 0
}

/** Says that all of the log is on the disk: DuckDB synced it, which leaves its name, a new one after each checkpoint. */
export function markLog(folder: string): void {
  const isNew = !existsSync(join(folder, MARK))
  const mark = openSync(join(folder, MARK), isNew ? 'w' : 'r+')
  try {
    writeSync(mark, String(logSize(folder)).padStart(20), 0)
    fsyncSync(mark)
  } finally {
    closeSync(mark)
  }
  syncFolder(folder)
}

/**
 * Cuts off the log what was never said to be stored: of what a process had not synced when the power went, a disk may hold
 * parts or zeros, and DuckDB refuses such a log. Damage of what was synced stays to be told.
 * @returns was there something to cut off?
 */
export function cutUnsynced(folder: string): boolean {
  if (!existsSync(join(folder, MARK))) return false
  const synced = Number(readFileSync(join(folder, MARK), 'utf8'))
  if (logSize(folder) <= synced) return false
  truncateSync(join(folder, LOG), synced)
  return true
}
