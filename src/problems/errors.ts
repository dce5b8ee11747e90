import { NirError } from '../errors.js'

/** A row of a problem file lacks a field or has a value of another type. */
export class ProblemFormatError extends NirError {
  constructor(
    /** The file or URL. */
    readonly source: string,
    /** 1-based: the line of a JSONL or CSV file, the row of a JSON array; null where the whole file is meant. */
    readonly row: number | null,
    /** The field, as the file names it; null where the whole row is meant. */
    readonly field: string | null,
    /** What was found and what was expected. */
    detail: string,
  ) {
    const place = [source, row === null ? null : `row ${row}`, field === null ? null : `field "${field}"`]
    super(
      'PROBLEM_FORMAT',
      `${place.filter((part) => part !== null).join(', ')}: ${detail}`,
      'Correct the file, or name its fields with the option `columns`.',
    )
  }
}

/** There is no such problem source: neither a known name nor a file. */
export class ProblemSourceError extends NirError {
  constructor(source: string, names: readonly string[], options?: ErrorOptions) {
    super(
      'PROBLEM_SOURCE',
      `"${source}" is neither a known problem set nor a file that can be read.`,
      `Give one of ${names.join(', ')}, or the path of a .json, .jsonl or .csv file.`,
      options,
    )
  }
}

/** A data set could not be downloaded and is not in the cache. */
export class ProblemDownloadError extends NirError {
  constructor(
    readonly url: string,
    detail: string,
    cacheFile: string,
    options?: ErrorOptions,
  ) {
    super(
      'PROBLEM_DOWNLOAD',
      `${url} could not be downloaded: ${detail}.`,
      `Download it by hand and give its path in place of the name, or put it at ${cacheFile}.`,
      options,
    )
  }
}

/** A cached file is not the one that was downloaded. */
export class ProblemCacheError extends NirError {
  constructor(file: string, expected: string, given: string) {
    super(
      'PROBLEM_CACHE',
      `${file} has SHA-256 ${given}; when it was downloaded it had ${expected}.`,
      'Delete it to download it again.',
    )
  }
}

/** A file or download is not the one that was asked for by its hash. */
export class ProblemHashError extends NirError {
  constructor(source: string, expected: string, given: string) {
    super(
      'PROBLEM_HASH',
      `${source} has SHA-256 ${given}; expected ${expected}.`,
      'Get the file that was meant, or change the option `sha256`.',
    )
  }
}

/** An option has a value that cannot be used. */
export class ProblemOptionError extends NirError {
  constructor(name: string, given: unknown, expected: string) {
    super('PROBLEM_OPTION', `${name} is ${JSON.stringify(given)}; expected ${expected}.`, `Change ${name}.`)
  }
}

/** A file of contexts cannot be read, or has none for a problem. */
export class ContextFileError extends NirError {
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super('CONTEXT_FILE', message, remedy, options)
  }
}
