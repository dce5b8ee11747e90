import { PY_SPACE } from '../python/text.js'

const NAME = new RegExp(`(?:def|class|assert)${PY_SPACE}+([\\p{L}\\p{N}_]+)${PY_SPACE}*[(:]`, 'u')

/** The first name that the tests use: after `def`, `class` or `assert`, before `(` or `:`. */
export function expectedName(tests: string): string | undefined {
  return NAME.exec(tests)?.[1]
}

/**
 * 1 where the first name that the tests use (after `def`, `class` or `assert`, before `(` or `:`) is the
 * function's name, or is contained in the lower-cased function; else 0.
 */
export function nameConsistency(source: string, tests: string): number {
  const expected = expectedName(tests)
  if (expected === undefined) return 0
  return NAME.exec(source)?.[1] === expected || source.toLowerCase().includes(expected) ? 1 : 0
}
