import type { Problem } from '../../problems/problem.js'
import type { ArmDescription } from '../arms.js'
import type { Database } from './database.js'
import { StudyError } from './errors.js'
import { problemHash } from './keys.js'
import type { Row } from './rows.js'

/** The problems of a study. */
export async function readProblems(database: Database): Promise<Problem[]> {
  return database.rows<Problem>('SELECT * EXCLUDE (hash) FROM problems ORDER BY task_id')
}

/** The arms of a study, in the order in which they were added. */
export async function readArms(database: Database): Promise<ArmDescription[]> {
  return database.rows<ArmDescription>(
    'SELECT arm, layer, capture_layer AS "captureLayer", decode_positions AS "decodePositions" FROM arms ORDER BY rowid',
  )
}

/** Adds the problems that a study does not have. @throws {@link StudyError} `STUDY_DIFFERS`. */
export async function addProblems(database: Database, problems: readonly Problem[]): Promise<void> {
  const stored = await database.rows<{ task_id: number; hash: string }>('SELECT task_id, hash FROM problems')
  const hashes = new Map(stored.map(({ task_id, hash }) => [task_id, hash]))
  const rows: Row[] = []
  for (const problem of problems) {
    const hash = problemHash(problem)
    const found = hashes.get(problem.task_id)
    if (found === undefined)
      rows.push([
        problem.task_id,
        hash,
        problem.text,
        problem.code,
        problem.test_list,
        problem.test_setup_code,
        problem.challenge_test_list,
      ])
    else if (found !== hash)
      throw differs(database, `problem ${problem.task_id} has another text, code or tests`)
  }
  await database.append('problems', rows)
}

/** Adds the arms that a study does not have. @throws {@link StudyError} `STUDY_DIFFERS`. */
export async function addArms(database: Database, arms: readonly ArmDescription[]): Promise<void> {
  const stored = await readArms(database)
  const rows: Row[] = []
  for (const { arm, layer, captureLayer, decodePositions } of arms) {
    const found = stored.find((one) => one.arm === arm)
    if (!found) rows.push([arm, layer, captureLayer, decodePositions])
    else if (found.captureLayer !== captureLayer || found.decodePositions !== decodePositions)
      throw differs(
        database,
        `arm '${arm}' injects capture layer ${String(found.captureLayer)} with ${String(found.decodePositions)} positions there, ` +
          `and ${String(captureLayer)} with ${String(decodePositions)} here`,
      )
  }
  await database.append('arms', rows)
}

function differs(database: Database, what: string): StudyError {
  return new StudyError('STUDY_DIFFERS', `In the study '${database.folder}', ${what}.`, 'Use another folder.')
}
