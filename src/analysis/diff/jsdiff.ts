import { createRequire } from 'node:module'

let loaded: typeof import('diff') | undefined

/** The package `diff`, loaded when it is first needed: the kernel's start must not wait for it. */
export function jsdiff(): typeof import('diff') {
  loaded ??= createRequire(import.meta.url)('diff') as typeof import('diff')
  return loaded
}
