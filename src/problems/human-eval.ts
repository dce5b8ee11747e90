import type { Row } from './fields.js'
import type { Problem } from './problem.js'

/**
 * HumanEval's prompt is the head of a function, its tests the body of `check(candidate)`. Here the tests are that body
 * itself with the function's own name, so that they read like MBPP's, in prompts and in messages; and what stands in
 * the prompt before the function (imports, helpers) is the setup, for a solution that repeats the function alone.
 */
export function humanEvalProblem(row: Row): Problem {
  const prompt = row.text('prompt')
  const name = row.text('entry_point')
  const test = row.text('test')
  return {
    task_id: row.integer('task_id'),
    text: prompt,
    code: prompt + row.text('canonical_solution'),
    test_list: checkedStatements(test, name) ?? [`${test.trim()}\n\ncheck(${name})`],
    test_setup_code: before(prompt, name),
    challenge_test_list: [],
  }
}

function before(prompt: string, name: string): string {
  const start = prompt.search(new RegExp(`^def ${name}\\(`, 'm'))
  return prompt.slice(0, Math.max(start, 0)).trim()
}

/** The body of `check`, or null where the tests are of another form. */
function checkedStatements(test: string, name: string): string[] | null {
  const [, body] = /^def check\(candidate\):\n((?: {4}.*\n|[ \t]*\n)*)\s*$/m.exec(`${test}\n`) ?? []
  if (body === undefined || /^\s*return\b/m.test(body)) return null
  const lines = body
    .replace(/\bcandidate\b/g, name)
    .split('\n')
    .map((line) => line.slice(4).trimEnd())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const eachAsserts = lines.every((line) => line.startsWith('assert '))
  return eachAsserts ? lines : [lines.join('\n')]
}
