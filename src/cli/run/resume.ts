import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../errors.js'
import { readNotebook, textOf, type Notebook } from '../notebook/notebook.js'
import type { Given } from '../parameters/given.js'
import type { Parameter } from '../parameters/inject.js'
import {
  digest,
  executedCells,
  isCompleted,
  recordedRun,
  recordedSources,
  type NotebookRecord,
} from './record.js'

/** An earlier run, as its notebook tells. */
export interface EarlierRun {
  notebook: Notebook
  record: NotebookRecord
}

/** The run that a notebook holds; undefined where there is no such file, or it was never run here. */
export function readRun(path: string): EarlierRun | undefined {
  if (!existsSync(path)) return undefined
  const notebook = readNotebook(path)
  const record = recordedRun(notebook)
  return record && { notebook, record }
}

/** The parameters that a run was begun with. */
export function recordedParameters({ parameters }: NotebookRecord): Given[] {
  return Object.entries(parameters).map(([name, value]) => ({ name, value }))
}

/** @throws UsageError where a run that is to go on had other parameters */
export function requireSameParameters(
  path: string,
  begun: NotebookRecord,
  parameters: readonly Parameter[],
): void {
  const given = Object.fromEntries(parameters.map(({ name, value }) => [name, value]))
  if (isDeepStrictEqual(given, begun.parameters)) return
  throw new UsageError(
    `The run in ${path} was begun with ${JSON.stringify(begun.parameters)}, not ${JSON.stringify(given)}.`,
    'Leave the parameters out, or leave out --resume to begin again.',
  )
}

/** Whether a run of just the code of `notebook`, parameters included, went through. */
export function isComplete(executed: Notebook, notebook: Notebook): boolean {
  return recordedSources(executed) === digest(notebook) && executedCells(executed).every(isCompleted)
}

/** Takes all outputs away. */
export function clearOutputs(notebook: Notebook): void {
  for (const cell of notebook.cells) {
    if (cell.cell_type === 'code') Object.assign(cell, { outputs: [], execution_count: null })
  }
}

/** Takes over the outputs of an earlier run, cell by cell, up to the first that has other code. */
export function keepOutputs(notebook: Notebook, earlier: Notebook): void {
  const before = executedCells(earlier)
  for (const [at, cell] of executedCells(notebook).entries()) {
    const same = before[at]
    if (!same || textOf(same.source) !== textOf(cell.source)) return
    cell.outputs = same.outputs ?? []
    cell.execution_count = same.execution_count ?? null
  }
}
