import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A line that a process of a queue printed. */
export interface Said {
  readonly event: string
  readonly message?: string
  readonly [detail: string]: unknown
}

/** A process of a queue, which prints a JSON line for everything that happens. */
export class QueueProcess {
  readonly said: Said[] = []
  /** What it printed that is not JSON. */
  readonly noise: string[] = []
  readonly #process: ChildProcess
  readonly #ended: Promise<unknown>
  #tell: () => void = () => undefined

  constructor(command: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#process = spawn(process.execPath, command, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#process.stdout!, this.#process.stderr!])
      createInterface({ input: stream }).on('line', (line) => this.#heard(line))
    this.#ended = once(this.#process, 'close')
    void this.#ended.then(() => this.#tell())
  }

  get pid(): number {
    return this.#process.pid!
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** Its exit code, or the signal that ended it. */
  async end(): Promise<number | NodeJS.Signals | null> {
    await this.#ended
    return this.#process.exitCode ?? this.#process.signalCode
  }

  all(event: string): Said[] {
    return this.said.filter((one) => one.event === event)
  }

  /** Resolves once that was said so many times. */
  async until(event: string, count = 1): Promise<Said> {
    while (this.all(event).length < count) {
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        throw new Error(
          `It ended without ${count} × ${event}: ${JSON.stringify([...this.said, ...this.noise])}`,
        )
      await new Promise<void>((resolve) => (this.#tell = resolve))
    }
    return this.all(event)[count - 1]!
  }

  #heard(line: string): void {
    try {
      this.said.push(JSON.parse(line) as Said)
    } catch {
      this.noise.push(line)
    }
    this.#tell()
  }
}
