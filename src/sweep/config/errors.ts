import { NirError } from '../../errors.js'

/** One mistake in a configuration. */
export interface ConfigMistake {
  /** Where, such as `grid.inject[2]`; `''`: the whole. */
  readonly path: string
  /** In the file, from 1; `null`: there is no file, or it is an option of the command line. */
  readonly line: number | null
  readonly column: number | null
  /** What was given and what was expected. */
  readonly message: string
}

/** A study's configuration is not one. `code`: `CONFIG_UNREADABLE`, `CONFIG_SYNTAX`, `CONFIG_INVALID`. */
export class ConfigError extends NirError {
  /** All that was found. */
  readonly mistakes: readonly ConfigMistake[]

  constructor(code: string, source: string, mistakes: readonly ConfigMistake[], options?: ErrorOptions) {
    const inOrder = [...mistakes].sort(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    )
    super(code, `${describe(source, inOrder)}\n`, 'See docs/studies.md, or nir sweep --schema.', options)
    this.mistakes = inOrder
  }
}

/** A line for each, `FILE:LINE:COLUMN: path: message`, as editors and terminals link them. */
function describe(source: string, mistakes: readonly ConfigMistake[]): string {
  return mistakes
    .map(({ path, line, column, message }) => {
      const place = line === null ? source : `${source}:${line}:${column}`
      return [place, ...(path === '' ? [] : [path]), message].join(': ')
    })
    .join('\n')
}
