import type { Evaluator } from '../../evaluation/index.js'
import type { Problem } from '../../problems/problem.js'
import { programOf } from '../program.js'
import type { Database } from './database.js'
import { StudyError } from './errors.js'
import { readProblems } from './extents.js'
import type { Row } from './rows.js'

/**
 * Measures and tests all stored generations again, a problem a transaction. Outcomes stay where this machine cannot
 * run tests.
 * @returns how many generations.
 * @throws {@link StudyError} `CANNOT_MEASURE`; the signal's reason.
 */
export async function remeasure(
  database: Database,
  evaluator: Evaluator,
  signal?: AbortSignal,
): Promise<number> {
  const { parser, testPythonVersion, reasons } = evaluator.capabilities
  if (parser === null)
    throw new StudyError('CANNOT_MEASURE', 'Nothing here parses Python.', reasons.join(' '))
  let count = 0
  for (const problem of await readProblems(database)) {
    signal?.throwIfAborted()
    count += await remeasureProblem(database, evaluator, problem, testPythonVersion !== null)
  }
  return count
}

async function remeasureProblem(
  database: Database,
  evaluator: Evaluator,
  problem: Problem,
  withTests: boolean,
): Promise<number> {
  const rows = await database.rows<{ sample: number; arm: string; text: string }>(
    'SELECT sample, arm, text FROM generations WHERE task_id = $1 ORDER BY rowid',
    [problem.task_id],
  )
  const measured = await evaluator.measure(
    rows.map(({ text }) => ({ text, tests: problem.test_list, reference: problem.code })),
  )
  const results = withTests ? await evaluator.run(measured.map(({ code }) => programOf(code, problem))) : []
  const at = ({ sample, arm }: (typeof rows)[number]) => [problem.task_id, sample, arm] as const
  await database.transaction(async () => {
    await database.run('DELETE FROM metrics WHERE task_id = $1', [problem.task_id])
    await database.append(
      'metrics',
      measured.map(({ functions, parses, metrics }, index): Row => [
        ...at(rows[index]!),
        functions !== null,
        parses,
        metrics,
      ]),
    )
    if (!withTests) return
    await database.run('DELETE FROM outcomes WHERE task_id = $1', [problem.task_id])
    await database.append(
      'outcomes',
      results.map(({ passed, outcome, challengePassed, message }, index): Row => [
        ...at(rows[index]!),
        passed,
        outcome,
        challengePassed,
        message,
      ]),
    )
  })
  return rows.length
}
