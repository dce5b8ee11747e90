import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { markShown } from '../display/display.js'
import { ShellError, ShellInputError } from '../errors.js'
import { cellSignal } from '../execute/cell-run.js'
import { bound } from '../execute/owners.js'
import { commandOf } from './shell-words.js'

/** Where and how a command runs. */
export interface ShellOptions {
  /** The folder; default: the notebook's. */
  cwd?: string
  /** Added to the environment; `undefined` takes a variable out. */
  env?: Readonly<Record<string, string | undefined>>
  /** Do not show what the command prints. */
  quiet?: boolean
}

type Tag = (strings: TemplateStringsArray, ...values: unknown[]) => Promise<ShellResult>

/** Milliseconds that a command has to end after it was asked to. */
const GRACE_MS = 1000

/** What a command printed, and how it ended. */
export class ShellResult {
  constructor(
    readonly stdout: string,
    readonly stderr: string,
    readonly exitCode: number,
  ) {}

  /** The lines of `stdout`. */
  get lines(): string[] {
    const text = this.toString()
    return text === '' ? [] : text.split(/\r?\n/)
  }

  /** `stdout` without the line ends after it, as `$(…)` in a shell. */
  toString(): string {
    return this.stdout.replace(/(\r?\n)+$/, '')
  }
}

const running = new Set<ChildProcess>()
// What is still running would outlive the kernel.
process.once('exit', () => running.forEach((child) => kill(child, 'SIGKILL')))

let report: (pid: number, isRunning: boolean) => void = () => undefined

/** Has `listener` told of each command's process group, when it begins and when it has ended. */
export function reportCommands(listener: typeof report): void {
  report = listener
}

/** Runs the command of a template in a POSIX shell; given options, returns a tag that runs commands with them. */
export function sh(options: ShellOptions): Tag
export function sh(strings: TemplateStringsArray, ...values: unknown[]): Promise<ShellResult>
export function sh(first: ShellOptions | TemplateStringsArray, ...values: unknown[]): unknown {
  if (isTemplate(first)) return run(commandOf(first, values), {})
  const tag: Tag = (strings, ...inner) => run(commandOf(strings, inner), first)
  return tag
}

async function run(command: string, { cwd, env, quiet = false }: ShellOptions): Promise<ShellResult> {
  const signal = cellSignal()
  signal?.throwIfAborted()
  if (cwd !== undefined && !existsSync(cwd))
    throw new ShellInputError(`There is no folder '${cwd}' to run a command in.`, 'Change cwd.')
  const child = spawn('/bin/sh', ['-c', command], {
    cwd,
    env: { ...process.env, ...env },
    // A process group of its own, so that what the shell starts can be ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  note(child, true)
  const texts = { stdout: [] as string[], stderr: [] as string[] }
  for (const name of ['stdout', 'stderr'] as const) {
    const show = bound((text: string) => {
      texts[name].push(text)
      if (!quiet) process[name].write(text)
    })
    child[name].setEncoding('utf8').on('data', show)
  }
  const stop = () => {
    kill(child, 'SIGTERM')
    setTimeout(() => kill(child, 'SIGKILL'), GRACE_MS).unref()
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const end = await ended(child)
    signal?.throwIfAborted()
    const [stdout, stderr] = [texts.stdout.join(''), texts.stderr.join('')]
    if (end.exitCode !== 0) throw new ShellError(command, { ...end, stdout, stderr })
    const result = new ShellResult(stdout, stderr, end.exitCode)
    if (!quiet) markShown(result)
    return result
  } finally {
    note(child, false)
    signal?.removeEventListener('abort', stop)
  }
}

function note(child: ChildProcess, isRunning: boolean): void {
  if (isRunning) running.add(child)
  else running.delete(child)
  if (child.pid !== undefined) report(child.pid, isRunning)
}

function ended(child: ChildProcess): Promise<{ exitCode: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal }))
  })
}

/** Signals the command and all that it started. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // It has ended.
  }
}

function isTemplate(value: object): value is TemplateStringsArray {
  return Array.isArray(value) && 'raw' in value
}
