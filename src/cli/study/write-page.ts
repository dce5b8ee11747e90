import { writeFileSync } from 'node:fs'
import { NirError } from '../../errors.js'

/** Writes a page where the user wants it. @throws {@link NirError} `FILE_NOT_WRITTEN`. */
export function writePage(file: string, html: string): void {
  try {
    writeFileSync(file, html)
  } catch (error) {
    throw new NirError(
      'FILE_NOT_WRITTEN',
      `'${file}' cannot be written: ${(error as Error).message}.`,
      'Give a file in a folder that is there and that you may write to.',
      { cause: error },
    )
  }
}
