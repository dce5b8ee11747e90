import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../package-root.js'
import { ContextFileError } from './errors.js'
import { readRows } from './rows.js'

/**
 * The reference contexts of the bundled problems: `task_id` → the context text that a faultless thinking would leave
 * (the problem restated with its open point settled, and the reference solution). They tell what a right context
 * brings from what a model's own thinking brings.
 *
 * @example
 * const contexts = await referenceContexts()
 * await nir.sweep({ problems, context: (problem) => contexts.get(problem.task_id)! })
 */
export function referenceContexts(): Promise<Map<number, string>> {
  return readContexts(join(packageRoot(), 'data', 'problems', 'embedded-contexts.jsonl'))
}

/**
 * Contexts from a file, `task_id` → context text: a JSON object with `task_id` and `context` a line (JSONL), or a JSON
 * array of such objects.
 * @throws ContextFileError where it cannot be read; ProblemFormatError naming the line and field that is wrong
 * @example
 * const contexts = await readContexts('other-model.jsonl')
 * await nir.sweep({ problems, context: (problem) => contexts.get(problem.task_id)! })
 */
export async function readContexts(file: string): Promise<Map<number, string>> {
  const rows = readRows(await readText(file), file)
  return new Map(rows.map((row) => [row.integer('task_id'), row.text('context')]))
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new ContextFileError(
      `The file of contexts '${file}' cannot be read: ${(error as Error).message}.`,
      'Give a JSONL file with task_id and context on each line.',
      { cause: error },
    )
  }
}
