import { statSync } from 'node:fs'

type Callback = (path: string, kind: number) => void

const CHANGED = 1
const DELETED = 2

/**
 * The user's own files that cells import. They are looked at before each cell, so an edit counts at once; TypeScript's
 * watchers would poll hundreds of library files all the time and still come late.
 */
export class WatchedFiles {
  private readonly files = new Map<string, { callback: Callback; modified: number }>()

  /** Stands in for `ts.sys.watchFile`. */
  watch(path: string, callback: Callback): { close(): void } {
    if (isLibrary(path)) return { close: () => undefined }
    this.files.set(path, { callback, modified: modifiedAt(path) })
    return { close: () => this.files.delete(path) }
  }

  /** Tells TypeScript of every file that changed since the last call. */
  announceChanges(): void {
    for (const [path, entry] of this.files) {
      const modified = modifiedAt(path)
      if (modified === entry.modified) continue
      entry.modified = modified
      entry.callback(path, modified === 0 ? DELETED : CHANGED)
    }
  }
}

/** Whether a file is not the user's own source. */
export function isLibrary(path: string): boolean {
  return path.includes('/node_modules/') || path.endsWith('.d.ts')
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
