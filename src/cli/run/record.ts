import { createHash } from 'node:crypto'
import { packageVersion } from '../../../kernel/version.js'
import { textOf, type Cell, type Notebook } from '../notebook/notebook.js'
import type { Parameter } from '../parameters/inject.js'

type Status = 'pending' | 'running' | 'completed' | 'failed'

interface Span {
  start_time: string | null
  end_time: string | null
  /** Seconds. */
  duration: number | null
  exception: boolean | null
}

/** How a run went, in the notebook's metadata, as papermill writes it. */
export interface NotebookRecord extends Span {
  parameters: Record<string, unknown>
  input_path: string
  output_path: string
  version: string
}

/** How a cell went, in its metadata, as papermill writes it. */
interface CellRecord extends Span {
  status: Status
}

/** What of a run is recorded beside its cells. */
export interface RunDescription {
  input: string
  output: string
  parameters: readonly Parameter[]
}

const BLANK: Span = { start_time: null, end_time: null, duration: null, exception: null }

/** The code cells of a notebook that a run executes: those with code in them. */
export function executedCells(notebook: Notebook): Cell[] {
  return notebook.cells.filter((cell) => cell.cell_type === 'code' && textOf(cell.source).trim() !== '')
}

/** Keeps the record of a run in a notebook, where tools for papermill's notebooks find it. */
export class RunRecord {
  private readonly started = new Map<object, number>()
  private readonly notebook: NotebookRecord

  constructor(notebook: Notebook, { input, output, parameters }: RunDescription) {
    this.notebook = {
      ...BLANK,
      parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
      input_path: input,
      output_path: output,
      version: `nir-lab ${packageVersion()}`,
    }
    notebook.metadata['papermill'] = this.notebook
    notebook.metadata['nir'] = { sources: digest(notebook) }
    for (const cell of executedCells(notebook)) {
      cell.metadata['papermill'] = { ...BLANK, status: 'pending' } satisfies CellRecord
    }
    this.begin(this.notebook)
  }

  cellBegins(cell: Cell): void {
    const record = recordOf(cell)
    record.status = 'running'
    record.exception = false
    this.begin(record)
  }

  cellEnds(cell: Cell, failed: boolean): void {
    const record = recordOf(cell)
    record.status = failed ? 'failed' : 'completed'
    record.exception = failed
    this.end(record)
    if (failed) this.notebook.exception = true
  }

  runEnds(): void {
    this.end(this.notebook)
  }

  private begin(span: Span): void {
    this.started.set(span, performance.now())
    span.start_time = new Date().toISOString()
  }

  private end(span: Span): void {
    span.end_time = new Date().toISOString()
    span.duration = Number(((performance.now() - this.started.get(span)!) / 1000).toFixed(6))
  }
}

/** The record of the last run of a notebook; undefined where none was recorded. */
export function recordedRun(notebook: Notebook): NotebookRecord | undefined {
  const record = notebook.metadata['papermill'] as Partial<NotebookRecord> | undefined
  return record?.parameters ? (record as NotebookRecord) : undefined
}

/** The sources of the last run of a notebook, as {@link digest} gives them. */
export function recordedSources(notebook: Notebook): string | undefined {
  return (notebook.metadata['nir'] as { sources?: string } | undefined)?.sources
}

/** Whether the last run of a notebook went through a cell. */
export function isCompleted(cell: Cell): boolean {
  return (cell.metadata['papermill'] as CellRecord | undefined)?.status === 'completed'
}

function recordOf(cell: Cell): CellRecord {
  return cell.metadata['papermill'] as CellRecord
}

/** A hash of the code that a run executes, parameters included. */
export function digest(notebook: Notebook): string {
  const sources = executedCells(notebook).map((cell) => textOf(cell.source))
  return createHash('sha256').update(JSON.stringify(sources)).digest('hex')
}
