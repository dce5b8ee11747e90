import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/package-root.js'

/** A change of a file or folder, or a text that the process said, as `write-journal.cpp` tells them. */
export interface JournalEntry {
  readonly kind: 'create' | 'mkdir' | 'write' | 'resize' | 'sync' | 'rename' | 'unlink' | 'said'
  /** What a file or folder is known by, whatever its name. */
  readonly inode: number
  /** Of a write: where; of `resize`: the size. */
  readonly number: number
  /** Of a write: the bytes; otherwise names. */
  readonly data: Buffer
}

/** The reason why no process can be journalled here; `null`: it can. */
export function cannotJournal(): string | null {
  if (process.platform !== 'linux') return 'processes are journalled by LD_PRELOAD, that is, on Linux'
  return spawnSync('c++', ['--version']).status === 0 ? null : 'there is no C++ compiler (c++)'
}

/** Journals what a program does below a folder, which is made, until the program ends. */
export async function journalled(
  command: string,
  args: readonly string[],
  root: string,
): Promise<JournalEntry[]> {
  mkdirSync(root)
  const library = `${root}.so`
  const journal = `${root}.journal`
  const source = join(packageRoot(), 'bench/lib/write-journal.cpp')
  const { status, stderr } = spawnSync(
    'c++',
    ['-std=c++17', '-O1', '-shared', '-fPIC', source, '-o', library, '-ldl'],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`${source} does not compile:\n${stderr}`)
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LD_PRELOAD: library,
      WRITE_JOURNAL_ROOT: realpathSync(root),
      WRITE_JOURNAL: journal,
      UV_USE_IO_URING: '0', // what goes by a ring is no call of a function
    },
  })
  child.stdout.resume()
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (exit, signal) => {
      resolve(exit ?? signal)
    })
  })
  const entries = parseJournal(readFileSync(journal))
  if (code === 0) return entries
  throw new Error(`'${command} ${args.join(' ')}' failed (${String(code)}): ${saidUntil(entries).at(-1)}`)
}

/** The lines that a process had said. */
export function saidUntil(entries: readonly JournalEntry[], point = entries.length): string[] {
  const said = entries.slice(0, point).flatMap(({ kind, data }) => (kind === 'said' ? [data] : []))
  return Buffer.concat(said).toString().split('\n').slice(0, -1)
}

function parseJournal(bytes: Buffer): JournalEntry[] {
  const entries: JournalEntry[] = []
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\n', at)
    const [kind, inode, number, length] = bytes.toString('latin1', at, end).split(' ')
    at = end + 1 + Number(length)
    entries.push({
      kind: kind as JournalEntry['kind'],
      inode: Number(inode),
      number: Number(number),
      data: bytes.subarray(end + 1, at),
    })
  }
  return entries
}
