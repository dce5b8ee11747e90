import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Brings the names of a folder's files onto the disk: a file that was renamed has its new name after a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
