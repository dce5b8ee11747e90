import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Brings the names of a folder's files onto the disk: a file that was renamed has its new name after a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Makes a folder and what is missing above it, and brings their names onto the disk. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  const top = dirname(resolve(first))
  for (let parent = dirname(resolve(folder)); parent.startsWith(top); parent = dirname(parent)) {
    syncWhereAllowed(parent)
    if (parent === top) return
  }
}

/** A folder in which one may make others need not be one that one may read; its file system is trusted then. */
function syncWhereAllowed(folder: string): void {
  try {
    syncFolder(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
  }
}
