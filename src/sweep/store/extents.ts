import type { Problem } from '../../problems/problem.js'
import type { NamedArm } from '../../nir/index.js'
import { describeArm } from '../arms.js'
import type { Database } from './database.js'
import { StudyError } from './errors.js'
import { hashOf } from './hash.js'
import { armJson, problemHash } from './keys.js'
import type { Row } from './rows.js'

/** The problems of a study. */
export async function readProblems(database: Database): Promise<Problem[]> {
  return database.rows<Problem>('SELECT * EXCLUDE (hash) FROM problems ORDER BY task_id')
}

/** The arms of a study, in the order in which they were added. */
export async function readArms(database: Database): Promise<NamedArm[]> {
  const rows = await database.rows<{ spec: string }>('SELECT spec FROM arms ORDER BY rowid')
  return rows.map(({ spec }) => JSON.parse(spec) as NamedArm)
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
export async function addArms(database: Database, arms: readonly NamedArm[]): Promise<void> {
  const stored = new Map((await readArms(database)).map((arm) => [arm.name, arm]))
  const rows: Row[] = []
  for (const arm of arms) {
    const found = stored.get(arm.name)
    const { layer, captureLayer, decodePositions } = describeArm(arm)
    if (!found) rows.push([arm.name, layer, captureLayer, decodePositions, JSON.stringify(arm)])
    else if (hashOf(armJson(found)) !== hashOf(armJson(arm)))
      throw differs(database, `arm '${arm.name}' is ${inWords(found)} there and ${inWords(arm)} here`)
  }
  await database.append('arms', rows)
}

function inWords({ name: _, ...action }: NamedArm): string {
  return JSON.stringify(action)
}

function differs(database: Database, what: string): StudyError {
  return new StudyError('STUDY_DIFFERS', `In the study '${database.folder}', ${what}.`, 'Use another folder.')
}
