import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DATABASE } from './instance.js'
import { StudyError, studyError } from './errors.js'
import { FORMAT } from './schema.js'
import { invalidField, settingsHash, type StudySettings } from './settings.js'
import { makeFolder, syncFolder } from './sync-folder.js'

const FILE = 'study.json'

/** Is there a study in the folder? */
export function isStudy(folder: string): boolean {
  return existsSync(join(folder, FILE))
}

/**
 * Reads and checks a study's settings.
 * @throws {@link StudyError} `NOT_A_STUDY`, `STUDY_NEWER`, `STUDY_OLDER`, `STUDY_CORRUPT`.
 */
export function readSettings(folder: string): StudySettings {
  if (!isStudy(folder))
    throw new StudyError(
      'NOT_A_STUDY',
      `'${folder}' holds no ${FILE}.`,
      'Give the folder of a study: nir.sweep({ …, study: folder }) makes one.',
    )
  let read: { format?: unknown; hash?: unknown; settings?: unknown } | null
  try {
    read = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as typeof read
  } catch (error) {
    throw corrupt(folder, `cannot be read (${(error as Error).message})`, error)
  }
  if (typeof read?.format === 'number' && read.format > FORMAT)
    throw new StudyError(
      'STUDY_NEWER',
      `The study '${folder}' has format ${read.format}; this version of NIR Lab knows ${FORMAT}.`,
      'Update NIR Lab to open it.',
    )
  if (typeof read?.format === 'number' && read.format < FORMAT)
    throw new StudyError(
      'STUDY_OLDER',
      `The study '${folder}' has format ${read.format}, of NIR Lab before 0.1.0; this version knows ${FORMAT}.`,
      'Open it with the version that made it and export its tables, or run the sweep into a new folder.',
    )
  if (read?.format !== FORMAT) throw corrupt(folder, 'names no format')
  const field = invalidField(read.settings)
  if (field !== null) throw corrupt(folder, `has no valid ${field}`)
  const settings = read.settings as StudySettings
  if (settingsHash(settings) !== read.hash) throw corrupt(folder, 'was changed: its hash is another')
  return settings
}

/**
 * Writes the settings of a new study, all or nothing.
 * @throws {@link StudyError} `NOT_A_STUDY` where the folder holds something else, `STUDY_WRITE_FAILED`.
 */
export function writeSettings(folder: string, settings: StudySettings): void {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new StudyError('NOT_A_STUDY', `'${folder}' is not a folder.`, 'Give a new or empty folder.')
  const part = join(folder, `${FILE}.part`)
  try {
    makeFolder(folder)
    const foreign = readdirSync(folder).find((name) => name !== `${FILE}.part`)
    if (foreign !== undefined)
      throw new StudyError(
        'NOT_A_STUDY',
        `'${folder}' holds ${foreign === DATABASE ? `a ${DATABASE} without its ${FILE}` : `'${foreign}', and no study`}.`,
        'Give a new or empty folder.',
      )
    const file = openSync(part, 'w')
    try {
      writeFileSync(
        file,
        `${JSON.stringify({ format: FORMAT, hash: settingsHash(settings), settings }, null, 2)}\n`,
      )
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(part, join(folder, FILE))
    syncFolder(folder)
  } catch (error) {
    if (error instanceof StudyError) throw error
    rmSync(part, { force: true })
    throw studyError(
      new Error(`Could not write ${FILE}: ${(error as Error).message}`, { cause: error }),
      folder,
      null,
    )
  }
}

function corrupt(folder: string, what: string, cause?: unknown): StudyError {
  return new StudyError(
    'STUDY_CORRUPT',
    `${FILE} of the study '${folder}' ${what}.`,
    `Restore ${FILE} from a copy: it is written once and never changes.`,
    { cause },
  )
}
