import { totalmem } from 'node:os'

/**
 * Bytes of main memory that models and caches may still take. Page cache counts, since it gives way, or already holds
 * the model: llama.cpp maps the file.
 *
 * Only for Linux outside of a limited control group does Node know it. It counts the page cache of a control group as
 * used, and on macOS takes nothing but idle pages for free; all memory, or the group's limit, stands in there.
 */
export function freeMemory(): number {
  const limit = process.constrainedMemory() || Infinity
  const isKnown = process.platform === 'linux' && limit >= totalmem()
  return isKnown ? process.availableMemory() : Math.min(limit, totalmem())
}
