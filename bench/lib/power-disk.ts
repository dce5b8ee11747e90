import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Random } from '../../src/analysis/statistics/random.js'
import type { JournalEntry } from './write-journal.js'

/*
 * What a disk may hold after the power was cut. The model is POSIX as a pessimist reads it: only fsync promises anything.
 *
 * - A file's bytes and size are on the disk as they were at its last fsync; its name is not, before its folder was synced too.
 *   (ext4, XFS and Btrfs bring the name of a new file along with its fsync; POSIX does not say so.)
 * - Names (made, renamed, removed) are on the disk as they were at the folder's last fsync. Each change of a name is there
 *   or not, never half: a rename is atomic. What is renamed is not synced by that.
 * - What came later is there or not in one of two ways, drawn by lot for each cut:
 *   `in order`: of each file and each folder up to some change, the last write torn at a sector. Journalling file systems
 *   (ext4 with data=ordered) leave what is appended so.
 *   `any`: each change for itself, and of a torn write each sector for itself. Of a write that was lost the size may remain,
 *   with zeros as bytes: XFS leaves that, and ext4 within a block of 4 KB.
 * - Sectors of 512 bytes are whole or as they were before. A disk that lies about its fsync is not in the model.
 */
const SECTOR = 512

/** How changes that were not synced outlive a cut. */
export type Order = 'in order' | 'any'

/** The contents of files, and folders, by their names. */
export type Tree = Map<string, Tree | Buffer>

/** A part of a file is written, or its size set. */
type DataChange = { readonly at: number; readonly bytes: Buffer } | { readonly size: number }

/** A name stands for something else, or for nothing any more; and another name (`from`) for nothing. */
interface NameChange {
  readonly name: string
  readonly node: Node | null
  readonly from?: string
}

interface FileNode {
  readonly kind: 'file'
  readonly synced: DataChange[]
  pending: DataChange[]
}

interface FolderNode {
  readonly kind: 'folder'
  readonly synced: NameChange[]
  pending: NameChange[]
}

type Node = FileNode | FolderNode

/** A disk, as a journal fills it. */
export class PowerDisk {
  readonly #root: FolderNode = folderNode()
  readonly #nodes = new Map<number, Node>()
  readonly #folders = new Map<string, FolderNode>()

  /** @param root the folder that was journalled; it is on the disk */
  constructor(root: string, entries: readonly JournalEntry[]) {
    this.#folders.set(root, this.#root)
    for (const entry of entries) this.#add(entry)
  }

  /** Everything that was done, as if all was synced. */
  whole(): Tree {
    const all = <Change>({ synced, pending }: { synced: Change[]; pending: Change[] }) => [
      ...synced,
      ...pending,
    ]
    return treeOf(this.#root, all<NameChange>, all<DataChange>)
  }

  /** What may be left of it. */
  afterCut(random: Random, order: Order): Tree {
    const likely = random()
    const isKept = () => random() < likely
    return treeOf(
      this.#root,
      ({ synced, pending }) => [
        ...synced,
        ...(order === 'any' ? pending.filter(isKept) : pending.slice(0, below(random, pending.length + 1))),
      ],
      ({ synced, pending }) => [
        ...synced,
        ...(order === 'any'
          ? pending.flatMap((change) => (isKept() ? torn(change, random) : lost(change, random)))
          : beginning(pending, random)),
      ],
    )
  }

  #add({ kind, inode, number, data }: JournalEntry): void {
    if (kind === 'create' || kind === 'mkdir') {
      const path = data.toString()
      const node: Node = kind === 'create' ? { kind: 'file', synced: [], pending: [] } : folderNode()
      this.#nodes.set(inode, node)
      if (node.kind === 'folder') this.#folders.set(path, node)
      this.#folderOf(path).pending.push({ name: basename(path), node })
    } else if (kind === 'unlink') {
      const path = data.toString()
      this.#folderOf(path).pending.push({ name: basename(path), node: null })
    } else if (kind === 'rename') {
      const [from = '', to = ''] = data.toString().split('\0')
      const node = this.#nodes.get(inode)!
      if (node.kind === 'folder' || dirname(from) !== dirname(to))
        throw new Error(`Not in the model: '${from}' renamed '${to}'.`)
      this.#folderOf(to).pending.push({ name: basename(to), node, from: basename(from) })
    } else if (kind !== 'said') this.#change(this.#nodes.get(inode) ?? this.#root, kind, number, data)
  }

  #change(node: Node, kind: 'write' | 'resize' | 'sync', number: number, data: Buffer): void {
    if (kind === 'sync') {
      if (node.kind === 'file') node.synced.push(...node.pending)
      else node.synced.push(...node.pending)
      node.pending = []
    } else if (node.kind === 'file')
      node.pending.push(kind === 'write' ? { at: number, bytes: data } : { size: number })
  }

  #folderOf(path: string): FolderNode {
    return this.#folders.get(dirname(path))!
  }
}

/** Writes a tree into a folder, which is made. */
export function layOut(tree: Tree, folder: string): void {
  mkdirSync(folder)
  for (const [name, content] of tree)
    if (content instanceof Map) layOut(content, join(folder, name))
    else writeFileSync(join(folder, name), content)
}

const folderNode = (): FolderNode => ({ kind: 'folder', synced: [], pending: [] })

function treeOf(
  folder: FolderNode,
  names: (folder: FolderNode) => NameChange[],
  data: (file: FileNode) => DataChange[],
): Tree {
  const nodes = new Map<string, Node>()
  for (const { name, node, from } of names(folder)) {
    if (from !== undefined) nodes.delete(from)
    if (node) nodes.set(name, node)
    else nodes.delete(name)
  }
  return new Map(
    [...nodes].map(([name, node]) => [
      name,
      node.kind === 'folder' ? treeOf(node, names, data) : contentOf(data(node)),
    ]),
  )
}

function contentOf(changes: readonly DataChange[]): Buffer {
  const end = (change: DataChange) => ('size' in change ? change.size : change.at + change.bytes.length)
  const content = Buffer.alloc(Math.max(0, ...changes.map(end)))
  let size = 0
  for (const change of changes)
    if ('size' in change) {
      content.fill(0, Math.min(size, change.size), size)
      size = change.size
    } else {
      change.bytes.copy(content, change.at)
      size = Math.max(size, end(change))
    }
  return content.subarray(0, size)
}

/** The first of some changes; of two cuts one goes through a write. */
function beginning(changes: readonly DataChange[], random: Random): DataChange[] {
  const count = below(random, changes.length + 1)
  const next = changes[count]
  const kept = changes.slice(0, count)
  if (next && 'bytes' in next && random() < 0.5) {
    const sectors = sectorsOf(next)
    kept.push(...sectors.slice(0, below(random, sectors.length)))
  }
  return kept
}

/** One of two writes lacks sectors. */
function torn(change: DataChange, random: Random): DataChange[] {
  if ('size' in change || random() < 0.5) return [change]
  return sectorsOf(change).filter(() => random() < 0.5)
}

/** Of one of two writes that are lost the size is there. */
function lost(change: DataChange, random: Random): DataChange[] {
  return 'size' in change || random() < 0.5
    ? []
    : [{ at: change.at + change.bytes.length, bytes: Buffer.alloc(0) }]
}

function sectorsOf({ at, bytes }: Extract<DataChange, { bytes: Buffer }>): DataChange[] {
  const parts: DataChange[] = []
  for (let from = 0, to: number; from < bytes.length; from = to) {
    to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR))
    parts.push({ at: at + from, bytes: bytes.subarray(from, to) })
  }
  return parts
}

const below = (random: Random, limit: number) => Math.floor(random() * limit)
