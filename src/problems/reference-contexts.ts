import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../package-root.js'

/**
 * The reference contexts of the bundled problems: `task_id` → the context text that a faultless thinking would leave
 * (the problem restated with its open point settled, and the reference solution). They tell what a right context
 * brings from what a model's own thinking brings.
 *
 * @example
 * const contexts = await referenceContexts()
 * await nir.sweep({ problems, context: (problem) => contexts.get(problem.task_id)! })
 */
export async function referenceContexts(): Promise<Map<number, string>> {
  const text = await readFile(join(packageRoot(), 'data', 'problems', 'embedded-contexts.jsonl'), 'utf8')
  const rows = text
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row) as { task_id: number; context: string })
  return new Map(rows.map((row) => [row.task_id, row.context]))
}
