import type { KernelClient } from '../../../kernel/client/kernel-client.js'
import { CellTimeout, KernelDied } from '../../../kernel/errors.js'
import { textOf, type Cell, type Notebook } from '../notebook/notebook.js'
import { OutputCollector, type Output } from '../notebook/outputs.js'
import type { Progress } from './progress.js'
import { executedCells, type RunRecord } from './record.js'

type Content = Record<string, unknown>

/** What a run is given besides the notebook. */
export interface RunOptions {
  client: KernelClient
  progress: Progress
  record: RunRecord
  /** Keeps the notebook as it is now. */
  save(): void
  /** Seconds that a cell may take; 0 for no limit. */
  timeout: number
  /** Go on after a cell that fails. */
  allowErrors: boolean
  /** Whether the user asked to stop. */
  stopped(): boolean
}

/** A cell that failed. */
export interface CellFailure {
  cell: Cell
  /** The place among the cells that are run, from one. */
  position: number
  /** The kernel's count of the run, which names the cell in traces. */
  count: number | null
  ename: string
  evalue: string
  traceback: string[]
}

const SAVE_EVERY_MS = 2000
const KILL_AFTER_MS = 10_000
const ENDED: readonly string[] = ['KernelDied', 'CellTimeout']

/**
 * Runs the code cells of a notebook in order and keeps their outputs in it. The notebook is saved after each cell, and
 * every two seconds while a cell prints.
 *
 * @returns the failures, in order; the run ends at the first unless errors are allowed
 */
export async function runNotebook(notebook: Notebook, options: RunOptions): Promise<CellFailure[]> {
  const cells = executedCells(notebook)
  const collector = new OutputCollector()
  const failures: CellFailure[] = []
  for (const [at, cell] of cells.entries()) {
    if (options.stopped()) break
    const source = textOf(cell.source)
    options.progress.begin(at + 1, cells.length, source)
    options.record.cellBegins(cell)
    const failure = await runCell(cell, source, collector, options)
    options.record.cellEnds(cell, failure !== undefined)
    options.progress.end(failure === undefined)
    options.save()
    if (!failure) continue
    failures.push({ cell, position: at + 1, count: cell.execution_count ?? null, ...failure })
    if (!options.allowErrors || ENDED.includes(failure.ename)) break
  }
  return failures
}

type Failure = Pick<CellFailure, 'ename' | 'evalue' | 'traceback'>

async function runCell(
  cell: Cell,
  source: string,
  collector: OutputCollector,
  options: RunOptions,
): Promise<Failure | undefined> {
  const outputs: Output[] = (cell.outputs = [])
  cell.execution_count = null
  options.save()
  let saved = Date.now()
  const onOutput = (type: string, content: Content): void => {
    collector.take(outputs, type, content)
    options.progress.output(type, content)
    if (Date.now() - saved < SAVE_EVERY_MS) return
    saved = Date.now()
    options.save()
  }
  try {
    const running = options.client.execute(source, onOutput, { cellId: cell.id })
    const reply = await withTimeout(running, options)
    cell.execution_count = typeof reply['execution_count'] === 'number' ? reply['execution_count'] : null
    return reply['status'] === 'ok' ? undefined : failureOf(reply)
  } catch (error) {
    if (!(error instanceof KernelDied || error instanceof CellTimeout)) throw error
    const failure = {
      ename: error.name,
      evalue: error.message,
      traceback: [`${error.name}: ${error.message}`],
    }
    outputs.push({ output_type: 'error', ...failure } satisfies Output)
    return failure
  }
}

function failureOf(reply: Content): Failure {
  const traceback = Array.isArray(reply['traceback']) ? reply['traceback'].map(String) : []
  return { ename: String(reply['ename']), evalue: String(reply['evalue']), traceback }
}

async function withTimeout(running: Promise<Content>, { timeout, client }: RunOptions): Promise<Content> {
  if (timeout === 0) return running
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeout * 1000)
  })
  try {
    const first = await Promise.race([running, late])
    if (first !== 'late') return first
  } finally {
    clearTimeout(timer)
  }
  const unwilling = setTimeout(() => client.kill(), KILL_AFTER_MS)
  // Where the kernel had to be killed, both are rejected; it was late all the same.
  await Promise.allSettled([client.interrupt(), running])
  clearTimeout(unwilling)
  throw new CellTimeout(timeout)
}
