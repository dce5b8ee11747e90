import { writeSync } from 'node:fs'

/** Writes a line for whoever started the kernel. Where nobody reads and the pipe is full, the line is lost. */
export function complain(line: string): void {
  try {
    writeSync(2, `[nir kernel] ${line}\n`)
  } catch {
    // EAGAIN or EPIPE: the server goes on.
  }
}
