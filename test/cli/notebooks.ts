import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Cell, Notebook } from '../../src/cli/notebook/notebook.js'
import { built } from '../kernel/built.js'

/** A code cell. */
export function code(source: string, tags?: string[]): Cell {
  const id = `c${Math.abs(hash(source))}`
  return { id, cell_type: 'code', metadata: tags ? { tags } : {}, source, outputs: [], execution_count: null }
}

/** A markdown cell. */
export function markdown(source: string): Cell {
  return { id: `m${Math.abs(hash(source))}`, cell_type: 'markdown', metadata: {}, source }
}

/** A notebook of cells. */
export function notebookOf(...cells: Cell[]): Notebook {
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }
}

/** A fresh folder with one notebook in it; returns the notebook's path. */
export function notebookFile(...cells: Cell[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'nir-cli-')), 'note.ipynb')
  writeFileSync(path, JSON.stringify(notebookOf(...cells)))
  return path
}

/** Reads a notebook back. */
export function read(path: string): Notebook {
  return JSON.parse(readFileSync(path, 'utf8')) as Notebook
}

/** What the command line printed, and its exit code. */
export interface Outcome {
  status: number | null
  stdout: string
  stderr: string
}

/** Runs `nir`; `act` is called with the process once `when` was printed. */
export function nir(
  args: string[],
  options: {
    when?: RegExp
    act?: (kill: (signal: NodeJS.Signals) => void) => void
    /** In place of, or beside, what this process has; undefined takes a variable away. */
    env?: NodeJS.ProcessEnv
  } = {},
): Promise<Outcome> {
  const command = [join(built(), 'src/cli/main.js'), ...args]
  const child = spawn(process.execPath, command, { stdio: 'pipe', env: { ...process.env, ...options.env } })
  const outcome: Outcome = { status: null, stdout: '', stderr: '' }
  let acted = false
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      outcome[name] += chunk
      if (acted || !options.when?.test(outcome[name])) return
      acted = true
      options.act?.((signal) => child.kill(signal))
    })
  }
  return new Promise((resolve) => child.once('close', (status) => resolve({ ...outcome, status })))
}

function hash(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.codePointAt(0)!) | 0, 7)
}
