import { createRequire } from 'node:module'
import type * as Diff from 'diff'

let loaded: typeof Diff | undefined

/** The package `diff`, loaded when it is first needed: the kernel's start must not wait for it. */
export function jsdiff(): typeof Diff {
  loaded ??= createRequire(import.meta.url)('diff') as typeof Diff
  return loaded
}
