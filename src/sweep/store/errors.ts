import { NirError } from '../../errors.js'

/**
 * A study cannot be opened, extended, merged or written. `code` is one of `NOT_A_STUDY`, `STUDY_IN_USE`,
 * `STUDY_NEWER`, `STUDY_OLDER`, `STUDY_CORRUPT`, `STUDY_DIFFERS`, `STUDY_WRITE_FAILED`, `STUDY_CLOSED`, `SQL_FAILED`,
 * `UNKNOWN_TABLE`, `EXPORT_FAILED`, `CRV_NOT_KEPT`, `CRV_DAMAGED`.
 */
export class StudyError extends NirError {}

const AGAIN = 'What is stored stays: run the same call again and it goes on from there.'

/** What DuckDB said of a study's file, as an error that names the way out. */
export function studyError(error: unknown, folder: string, holder: string | null): StudyError {
  if (error instanceof StudyError) return error
  const said = (error instanceof Error ? error.message : String(error)).trim().replace(/[.!]$/, '')
  const make = (code: string, message: string, remedy: string) =>
    new StudyError(code, `The study '${folder}' ${message}`, remedy, { cause: error })
  if (/set lock on file/.test(said)) {
    const pid = /\(PID (\d+)\)/.exec(said)?.[1]
    const isSaid = pid === undefined || holder?.startsWith(`process ${pid} `)
    const who = [...(isSaid ? [] : [`process ${pid}`]), ...(holder ? [holder] : [])].join(', ')
    return make(
      'STUDY_IN_USE',
      `is held by ${who || 'another process'}.`,
      'Wait until it is done or end it; parallel work goes into a study each, merged afterwards.',
    )
  }
  if (/Permission denied|EACCES|EPERM|EROFS|Read-only file system|read-?only (mode|database)/i.test(said))
    return make(
      'STUDY_WRITE_FAILED',
      `cannot be written: ${said}.`,
      'Copy it to where you may write to its folder and its files.',
    )
  if (
    /No space left|File too large|Disk quota|[Cc]ould not (write|truncate|sync)|database has been invalidated/.test(
      said,
    )
  )
    return make('STUDY_WRITE_FAILED', `cannot be written: ${said}.`, `Free space on the disk. ${AGAIN}`)
  if (/version number/.test(said) && /read/.test(said))
    return make('STUDY_NEWER', `was written by a newer DuckDB: ${said}.`, 'Update NIR Lab to open it.')
  if (/WAL|wal file/.test(said))
    return make(
      'STUDY_CORRUPT',
      `has a damaged log: ${said}.`,
      'Restore the folder from a copy; or move study.duckdb.wal away: what it alone held is then computed again.',
    )
  return make(
    'STUDY_CORRUPT',
    `cannot be read: ${said}.`,
    'Restore the folder from a copy, or move it away and run the sweep into a new one.',
  )
}
