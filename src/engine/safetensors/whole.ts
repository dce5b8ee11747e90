import type { FileHandle } from 'node:fs/promises'

/** One system call moves less than 2 GiB. */
const LARGEST_STEP = 1 << 30

/** Fills `bytes` from a position of the file; false when the file ends before. */
export async function readFully(file: FileHandle, bytes: Buffer, position: number): Promise<boolean> {
  for (let done = 0; done < bytes.length;) {
    const step = Math.min(bytes.length - done, LARGEST_STEP)
    const { bytesRead } = await file.read(bytes, done, step, position + done)
    if (bytesRead === 0) return false
    done += bytesRead
  }
  return true
}

/** Writes all of `bytes` at a position of the file. */
export async function writeFully(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const step = Math.min(bytes.length - done, LARGEST_STEP)
    done += (await file.write(bytes, done, step, position + done)).bytesWritten
  }
}
