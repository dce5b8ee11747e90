import {
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  closeSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { Crv, loadCrvs, saveCrvs, TensorFileError, type CrvModel } from '../../engine/index.js'
import type { FinishedUnit } from '../unit-store.js'
import type { Database } from './database.js'
import { StudyError } from './errors.js'
import { hashOfFile } from './hash.js'
import { makeFolder, syncFolder } from './sync-folder.js'

/** The folder in a study's folder where CRVs are kept. */
const FOLDER = 'crvs'

/** A file of kept CRVs, as the table `captures` names it. */
export interface KeptFile {
  /** Below the study's folder. */
  readonly file: string
  /** SHA-256 of its bytes: safetensors has no checksum of its own. */
  readonly file_hash: string
}

/** A row of `captures`, as far as files are concerned. */
export interface KeptLayer {
  readonly sample: number
  readonly layer: number
  readonly file: string | null
  readonly file_hash: string | null
}

type Kept = NonNullable<FinishedUnit['captured']['kept']>

/**
 * Writes layers of a unit's CRV into a file of their own. It is on the disk, under its name, before the study says that it
 * exists; one that a killed process left behind unmentioned is replaced.
 * @param stored - the unit's rows of `captures`
 * @throws {@link StudyError} `STUDY_WRITE_FAILED`, `CRV_NOT_KEPT`.
 */
export async function keepCrv(
  folder: string,
  unit: { readonly taskId: number; readonly sample: number },
  { crv, type }: Kept,
  about: {
    readonly layers: readonly number[]
    readonly stored: readonly KeptLayer[]
    readonly model: CrvModel
  },
): Promise<KeptFile> {
  const { layers, stored, model } = about
  const file = nextFile(unit, stored)
  const part = new Crv({
    states: new Map(layers.map((layer) => [layer, crv.at(layer)])),
    tokens: crv.tokens,
    hiddenSize: crv.hiddenSize,
  })
  try {
    makeFolder(join(folder, FOLDER))
    await saveCrvs(join(folder, file), { [nameOf(unit)]: part }, { model, type })
    syncFolder(join(folder, FOLDER))
    return { file, file_hash: await hashOfFile(join(folder, file)) }
  } catch (error) {
    throw notKept(folder, file, error)
  }
}

/**
 * Brings a file of kept CRVs over from another study.
 * @param stored - the unit's rows of `captures` here
 * @throws {@link StudyError} `CRV_DAMAGED`, `STUDY_WRITE_FAILED`.
 */
export async function copyCrv(
  from: string,
  into: string,
  unit: { readonly taskId: number; readonly sample: number },
  theirs: KeptFile,
  stored: readonly KeptLayer[],
): Promise<KeptFile> {
  await requireWhole(from, theirs)
  const file = nextFile(unit, stored)
  const part = join(into, `${file}.merge.tmp`)
  try {
    makeFolder(join(into, FOLDER))
    copyFileSync(join(from, theirs.file), part)
    syncFile(part)
    renameSync(part, join(into, file))
    syncFolder(join(into, FOLDER))
  } catch (error) {
    rmSync(part, { force: true })
    throw notKept(into, file, error)
  }
  return { file, file_hash: theirs.file_hash }
}

/**
 * All layers that are kept of a unit.
 * @throws {@link StudyError} `CRV_NOT_KEPT`, `CRV_DAMAGED`.
 */
export async function readCrv(database: Database, taskId: number, sample: number): Promise<Crv> {
  const rows = await database.rows<KeptLayer & KeptFile>(
    `SELECT sample, layer, file, file_hash FROM captures WHERE task_id = $1 AND sample = $2 AND file IS NOT NULL
    ORDER BY layer`,
    [taskId, sample],
  )
  if (rows.length === 0)
    throw new StudyError(
      'CRV_NOT_KEPT',
      `The study '${database.folder}' keeps no CRV of problem ${taskId}, sample ${sample}.`,
      "A sweep with keepCrvs: true keeps what it captures; of one that is done, capture its context again: it is in the table 'thinking'.",
    )
  const states = new Map<number, Float32Array>()
  let tokens: readonly number[] = []
  let hiddenSize = 0
  for (const file of new Set(rows.map((row) => row.file))) {
    const ours = rows.filter((row) => row.file === file)
    const crv = await readFile(database.folder, { taskId, sample }, ours)
    for (const { layer } of ours) states.set(layer, crv.at(layer))
    ;({ tokens, hiddenSize } = crv)
  }
  return new Crv({ states, tokens, hiddenSize })
}

/** Removes what a process that was killed had begun to write. */
export function removeParts(folder: string): void {
  const crvs = join(folder, FOLDER)
  if (!existsSync(crvs)) return
  for (const name of readdirSync(crvs)) if (name.endsWith('.tmp')) rmSync(join(crvs, name), { force: true })
}

async function readFile(
  folder: string,
  unit: { readonly taskId: number; readonly sample: number },
  rows: readonly (KeptLayer & KeptFile)[],
): Promise<Crv> {
  const [first] = rows
  await requireWhole(folder, first!)
  const opened = await loadCrvs(join(folder, first!.file))
  try {
    return await opened.read(nameOf(unit), { layers: rows.map(({ layer }) => layer) })
  } finally {
    await opened.close()
  }
}

async function requireWhole(folder: string, { file, file_hash }: KeptFile): Promise<void> {
  const said = await hashOfFile(join(folder, file)).then(
    (hash) => (hash === file_hash ? null : 'has other bytes than were written'),
    (error: unknown) => `cannot be read (${(error as Error).message})`,
  )
  if (said === null) return
  throw new StudyError(
    'CRV_DAMAGED',
    `'${file}' of the study '${folder}' ${said}.`,
    "Restore it from a copy, or capture the context again: it is in the table 'thinking'.",
  )
}

/** A study that is continued with arms of further layers has several files of a unit. */
function nextFile(
  { taskId, sample }: { taskId: number; sample: number },
  stored: readonly KeptLayer[],
): string {
  const count = new Set(stored.flatMap(({ file }) => file ?? [])).size
  return `${FOLDER}/${nameOf({ taskId, sample })}${count === 0 ? '' : `.${count + 1}`}.safetensors`
}

const nameOf = ({ taskId, sample }: { taskId: number; sample: number }) => `${taskId}-${sample}`

function syncFile(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function notKept(folder: string, file: string, error: unknown): Error {
  if (error instanceof TensorFileError || isSystemError(error))
    return new StudyError(
      'STUDY_WRITE_FAILED',
      `'${file}' of the study '${folder}' cannot be written: ${error.message}`,
      'What is stored stays: make room and run the same call again, or go on without keepCrvs.',
      { cause: error },
    )
  return error as Error
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'
