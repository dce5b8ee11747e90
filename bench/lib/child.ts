import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What a side answers. */
export interface Answer {
  /** One number a decode step, or one for a whole prefill or capture. */
  readonly milliseconds: readonly number[]
  /** Cells of the KV cache that a row sees in the layers that see most. */
  readonly cells: number
  /** The last token of every sequence. */
  readonly tokens: readonly number[]
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    process.exit(1)
  })

/** One side of a comparison in a process of its own: a line of text is a command, a line of JSON its answer. */
export class Child {
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined
  #ended: Error | undefined

  private constructor(
    private readonly process: ChildProcess,
    name: string,
  ) {
    running.add(process)
    createInterface({ input: process.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) this.#waiting?.resolve(JSON.parse(line) as Answer)
      else console.error(line)
    })
    const end = (reason: string) => {
      running.delete(process)
      this.#ended ??= new Error(`${name} ended: ${reason}.`)
      this.#waiting?.reject(this.#ended)
    }
    process.on('error', (error) => {
      end(error.message)
    })
    process.on('exit', (code, signal) => {
      end(signal ?? `exit code ${code}`)
    })
    process.stdin!.on('error', () => undefined) // its end is told above
  }

  /** Starts a program, and waits for its first answer. */
  static async start(command: string, args: readonly string[]): Promise<Child> {
    const process = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const child = new Child(process, command.split('/').pop()!)
    await child.#answer()
    return child
  }

  /** Sends a command. One at a time. */
  ask(command: string): Promise<Answer> {
    const answer = this.#answer()
    this.process.stdin!.write(`${command}\n`)
    return answer
  }

  /** Ends the program: its input ends. */
  async close(): Promise<void> {
    if (this.#ended) return
    const exit = new Promise((resolve) => this.process.once('exit', resolve))
    this.#waiting = undefined
    this.process.stdin!.end()
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 5000)
    await exit
    clearTimeout(timer)
  }

  #answer(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(this.#ended)
      else this.#waiting = { resolve, reject }
    })
  }
}

/** The standard output of a program that runs to its end. */
export async function output(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => {
      resolve(signal ?? code)
    })
  })
  running.delete(child)
  if (status !== 0) throw new Error(`'${command} ${args.join(' ')}' failed (${String(status)}).`)
  return text
}
