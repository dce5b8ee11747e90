import { readSync, writeSync } from 'node:fs'
import type { Answer } from './child.js'

let rest = ''

/** The next line of the standard input, or `null` at its end. Waits without letting anything else run. */
export function readLine(): string | null {
  const buffer = Buffer.alloc(4096)
  for (let end = rest.indexOf('\n'); end < 0; end = rest.indexOf('\n')) {
    const count = read(buffer)
    if (count === 0) return null
    rest += buffer.toString('utf8', 0, count)
  }
  const end = rest.indexOf('\n')
  const line = rest.slice(0, end)
  rest = rest.slice(end + 1)
  return line
}

/** Writes an answer that a {@link Child} reads. */
export function answer(content: Answer): void {
  writeSync(1, `${JSON.stringify(content)}\n`)
}

function read(buffer: Buffer): number {
  for (;;)
    try {
      return readSync(0, buffer)
    } catch (error) {
      // Whoever touched process.stdin has made it one that does not wait.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
}
