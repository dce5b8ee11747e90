import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { syncFolder } from './sync-folder.js'

/*
 * A checkpoint takes DuckDB's log into its file. DuckDB writes new data beside the old and then a header that names it, so that
 * a cut leaves the one or the other, with an exception: metadata of before and after may share a block of 256 KB, which is
 * written in place under one checksum. Half written, it takes the file with it. So these blocks are put aside before.
 */
/** Bytes of the headers: three of 4 KB, the last two written in turn, so that they differ before and after a checkpoint. */
export const HEADERS = 3 * 4096
const BLOCK = 262_144

/**
 * Takes the log into the file of a connection.
 * @param descriptor - of the file; to open and close another one would end DuckDB's lock on it
 */
export async function checkpoint(
  connection: DuckDBConnection,
  path: string,
  descriptor: number,
): Promise<void> {
  const result = await connection.runAndReadAll('SELECT block_id FROM pragma_metadata_info()')
  putAside(
    path,
    descriptor,
    result.getRows().map(([id]) => HEADERS + Number(id) * BLOCK),
  )
  await connection.run('CHECKPOINT')
  rmSync(undoOf(path))
}

/** Did a checkpoint begin of which nobody said that it ended? */
export function isCheckpointOpen(path: string): boolean {
  return existsSync(undoOf(path))
}

/** Undoes a checkpoint that did not come to its end. Nobody else may have the file open. */
export function undoCheckpoint(path: string): void {
  const saved = readFileSync(undoOf(path))
  const file = openSync(path, 'r+')
  try {
    const headers = saved.subarray(0, HEADERS)
    if (readAt(file, 0, HEADERS).equals(headers)) {
      for (let at = HEADERS; at < saved.length; at += 8 + BLOCK)
        writeSync(file, saved, at + 8, BLOCK, Number(saved.readBigUInt64LE(at)))
      fsyncSync(file)
    }
  } finally {
    closeSync(file)
  }
  rmSync(undoOf(path))
}

function putAside(path: string, file: number, places: readonly number[]): void {
  const part = `${undoOf(path)}.part`
  const undo = openSync(part, 'w')
  try {
    writeSync(undo, readAt(file, 0, HEADERS))
    for (const place of places) {
      const at = Buffer.alloc(8)
      at.writeBigUInt64LE(BigInt(place))
      writeSync(undo, Buffer.concat([at, readAt(file, place, BLOCK)]))
    }
    fsyncSync(undo)
  } catch (error) {
    rmSync(part) // the disk is full
    throw error
  } finally {
    closeSync(undo)
  }
  renameSync(part, undoOf(path))
  syncFolder(dirname(path))
}

function readAt(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  readSync(file, bytes, 0, length, at)
  return bytes
}

const undoOf = (path: string) => `${path}.undo`
