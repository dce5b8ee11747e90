import { spawn, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { encodeFrame, FrameReader } from './frames.js'

/** The child ended, or was ended, before it answered. */
export class ChildEnded extends Error {
  constructor(
    readonly reason: 'exited' | 'timeout',
    /** What it wrote on stderr, its last 2,000 characters. */
    readonly stderr: string,
  ) {
    super(reason === 'timeout' ? 'The child did not answer in time.' : `The child ended. ${stderr}`.trim())
  }
}

interface Waiting {
  resolve: (message: unknown) => void
  reject: (error: ChildEnded) => void
}

/**
 * A child process that answers length-prefixed JSON messages in order. It keeps Node alive only while an
 * answer is awaited.
 */
export class JsonChild {
  readonly #process: ChildProcess
  readonly #waiting: Waiting[] = []
  #stderr = ''
  #ended: ChildEnded | null = null

  constructor(
    command: readonly string[],
    options: { readonly env?: NodeJS.ProcessEnv; maxBytes?: number } = {},
  ) {
    this.#process = spawn(command[0]!, command.slice(1), {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: options.env ?? process.env,
    })
    const reader = new FrameReader(options.maxBytes)
    this.#process.stdout!.on('data', (chunk: Buffer) => {
      try {
        for (const message of reader.push(chunk)) this.#waiting.shift()?.resolve(message)
      } catch {
        this.kill()
      }
      if (this.#waiting.length === 0) this.#hold(false)
    })
    this.#process.stderr!.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-2000)
    })
    this.#process.stdin!.on('error', () => undefined)
    this.#process.on('error', (error) => {
      this.#stderr = error.message
      this.#end('exited')
    })
    this.#process.on('close', () => this.#end('exited'))
    this.#hold(false)
  }

  get alive(): boolean {
    return this.#ended === null
  }

  /** Waits for a message that was not asked for, such as a greeting. */
  next(timeoutMs: number): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#hold(true)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end('timeout'), timeoutMs)
      this.#waiting.push({
        resolve: (message) => {
          clearTimeout(timer)
          resolve(message)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      })
    })
  }

  /** Sends a message and waits for its answer. A child that does not answer in time is killed. */
  request(message: unknown, timeoutMs: number): Promise<unknown> {
    const answer = this.next(timeoutMs)
    if (this.alive) this.#process.stdin!.write(encodeFrame(message))
    return answer
  }

  kill(): void {
    this.#end('exited')
  }

  #end(reason: 'exited' | 'timeout'): void {
    if (this.#ended) return
    this.#ended = new ChildEnded(reason, this.#stderr)
    this.#process.kill('SIGKILL')
    this.#hold(false)
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended)
  }

  #hold(on: boolean): void {
    const { stdin, stdout, stderr } = this.#process
    for (const handle of [this.#process, stdin, stdout, stderr] as (ChildProcess | Socket)[]) {
      if (on) handle.ref()
      else handle.unref()
    }
  }
}
