import type { Row } from './fields.js'
import { humanEvalProblem } from './human-eval.js'
import type { Problem } from './problem.js'

/** The file's name for each field of {@link Problem}, where it differs. */
export type ProblemColumns = Partial<Record<keyof Problem, string>>

/**
 * Turns a row into a problem. The layout is seen from the fields: HumanEval's (`entry_point`), MBPP's sanitized
 * one (`prompt`, `test_imports`), MBPP's full one (`text`, `test_setup_code`).
 *
 * @throws ProblemFormatError naming the row and field that is missing or of another type
 */
export function problemFromRow(row: Row, columns: ProblemColumns = {}): Problem {
  if (row.has('entry_point') && row.has('canonical_solution')) return humanEvalProblem(row)
  const name = (field: keyof Problem) => columns[field] ?? field
  const textField = columns.text ?? (row.has('text') || !row.has('prompt') ? 'text' : 'prompt')
  const setup = [...row.texts('test_imports', []), row.text(name('test_setup_code'), '')]
  return {
    task_id: row.integer(name('task_id')),
    text: row.text(textField),
    code: row.text(name('code')),
    test_list: row.texts(name('test_list')),
    test_setup_code: setup.filter((part) => part.trim() !== '').join('\n'),
    challenge_test_list: row.texts(name('challenge_test_list'), []),
  }
}
