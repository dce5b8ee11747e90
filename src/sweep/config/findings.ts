import type { z } from 'zod'
import { nearest } from './nearest.js'
import type { Path } from './source.js'

type Issue = z.core.$ZodIssue

/** What is wrong at a place of a configuration. */
export interface Finding {
  readonly path: Path
  /** Is it the name of the field that is wrong, or its value? */
  readonly part: 'value' | 'name'
  readonly message: string
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'fields with values',
  record: 'names with values',
}

/**
 * What a schema found, in words that say what was given and what was expected.
 * @param known - the fields that there are at a path
 */
export function findings(
  issues: readonly Issue[],
  value: unknown,
  known: (path: Path) => string[],
): Finding[] {
  return issues.flatMap((issue): Finding[] => {
    const path = issue.path as Path
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: [...path, key],
        part: 'name',
        message: unknownField(key, known(path)),
      }))
    if (issue.code === 'invalid_key')
      return [
        {
          path,
          part: 'name',
          message: `the name ${show(path.at(-1))} is not ${expected(issue.issues[0]!)}.`,
        },
      ]
    if (issue.code === 'invalid_union') {
      const inner = deepest(issue)
      if (inner)
        return findings(
          inner.map((one) => ({ ...one, path: [...path, ...one.path] })),
          value,
          known,
        )
    }
    const given = at(value, path)
    if (given === undefined)
      return [{ path, part: 'value', message: `is missing; expected ${expected(issue)}.` }]
    return [{ path, part: 'value', message: `is ${show(given)}; expected ${expected(issue)}.` }]
  })
}

function unknownField(key: string, known: string[]): string {
  const meant = nearest(key, known)
  if (meant !== null) return `there is no such field. Did you mean ${meant}?`
  return `there is no such field. There are: ${known.join(', ')}.`
}

/** Of several forms that a value may have, what is wrong with the one that it was meant to have. */
function deepest({ errors }: Extract<Issue, { code: 'invalid_union' }>): Issue[] | null {
  const depth = (issues: Issue[]) =>
    Math.max(...issues.map((issue) => issue.path.length + Number(isInside(issue))))
  const deepestFirst = errors.filter((issues) => depth(issues) > 0).sort((a, b) => depth(b) - depth(a))
  return deepestFirst[0] ?? null
}

/** Does it speak of the parts of a value whose form is right? */
function isInside(issue: Issue): boolean {
  return issue.code === 'unrecognized_keys' || (issue.code === 'invalid_union' && deepest(issue) !== null)
}

/** What would be right: what the schema says of itself, or what follows from the kind of mistake. */
function expected(issue: Issue): string {
  if (issue.code === 'invalid_union' && issue.message !== 'Invalid input') return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected
    case 'invalid_value':
      return oneOf(issue.values.map((value) => String(value)))
    case 'invalid_union':
      return oneOf([...new Set(issue.errors.map((issues) => expected(issues[0]!)))])
    case 'too_small':
      return size(issue.origin, issue.minimum, 'at least')
    case 'too_big':
      return size(issue.origin, issue.maximum, 'at most')
    case 'invalid_format':
      return FORMATS[String(issue.pattern)] ?? `text of the form ${String(issue.pattern)}`
    default:
      return issue.message
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  '/^\\d+$/': 'the number of a layer',
  '/^[\\w-][\\w.-]*$/': 'the name of a folder: letters, digits, -, _ and (not first) dots',
  '/^[0-9a-fA-F]{64}$/': 'a SHA-256 of 64 hexadecimal digits',
}

function size(origin: string, limit: number | bigint, side: 'at least' | 'at most'): string {
  if (origin === 'array') return `a list of ${side} ${limit}`
  if (origin === 'string') return 'some text'
  return side === 'at least' ? `a number from ${limit}` : `a number up to ${limit}`
}

function oneOf(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)!}`
}

function at(value: unknown, path: Path): unknown {
  let found = value
  for (const key of path) found = (found as Record<string | number, unknown> | null | undefined)?.[key]
  return found
}

function show(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
