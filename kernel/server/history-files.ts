import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** One input: the session's number, the execution count, the code. */
export type HistoryEntry = [session: number, line: number, input: string]

const MAX_SESSIONS = 500
const MAX_SESSION_BYTES = 2_000_000
const MAX_TOTAL_BYTES = 20_000_000
const FILE = /^(\d+)\.jsonl$/

/**
 * The inputs of this and earlier kernels in a folder: a file a session, a JSON line an input. Each kernel writes to its
 * own file only, whose number it takes by creating it, so that several kernels need no lock.
 */
export class HistoryFiles {
  private own: { session: number; path: string; bytes: number } | undefined

  /** @param folder where the files are; undefined keeps nothing on disk */
  constructor(private readonly folder: string | undefined) {}

  /** Appends an input of this session; a disk that refuses must not fail the cell. */
  append(line: number, input: string): void {
    if (this.folder === undefined) return
    try {
      this.own ??= this.begin(this.folder)
      const text = `${JSON.stringify([line, input])}\n`
      this.own.bytes += Buffer.byteLength(text)
      if (this.own.bytes <= MAX_SESSION_BYTES) appendFileSync(this.own.path, text, { mode: 0o600 })
    } catch {
      // History is a convenience.
    }
  }

  /** The number of this session: the one after the last on disk, until its first input is written. */
  get session(): number {
    return this.own?.session ?? (this.sessions().at(-1) ?? 0) + 1
  }

  /** The numbers of the earlier and other sessions on disk, oldest first. */
  sessions(): number[] {
    if (this.folder === undefined) return []
    return numbersIn(this.folder).filter((number) => number !== this.own?.session)
  }

  /** The inputs of a session on disk. */
  read(session: number): HistoryEntry[] {
    if (this.folder === undefined) return []
    const text = readText(pathOf(this.folder, session))
    return text.split('\n').flatMap((line) => parse(session, line))
  }

  private begin(folder: string): { session: number; path: string; bytes: number } {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    prune(folder)
    for (let session = (numbersIn(folder).at(-1) ?? 0) + 1; ; session++) {
      const path = pathOf(folder, session)
      try {
        writeFileSync(path, '', { flag: 'wx', mode: 0o600 })
        return { session, path, bytes: 0 }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  }
}

function parse(session: number, text: string): HistoryEntry[] {
  try {
    const [line, input] = JSON.parse(text) as [unknown, unknown]
    return typeof line === 'number' && typeof input === 'string' ? [[session, line, input]] : []
  } catch {
    return []
  }
}

/** Removes the oldest sessions until what is left is within bounds. */
function prune(folder: string): void {
  let bytes = 0
  for (const [at, number] of numbersIn(folder).reverse().entries()) {
    const path = pathOf(folder, number)
    bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0
    // Never the last one, which holds the number.
    if (at > 0 && (at >= MAX_SESSIONS || bytes > MAX_TOTAL_BYTES)) rmSync(path, { force: true })
  }
}

function numbersIn(folder: string): number[] {
  try {
    const numbers = readdirSync(folder).flatMap((name) => Number(FILE.exec(name)?.[1] ?? Number.NaN))
    return numbers.filter(Number.isSafeInteger).sort((a, b) => a - b)
  } catch {
    return []
  }
}

function pathOf(folder: string, session: number): string {
  return join(folder, `${session}.jsonl`)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
