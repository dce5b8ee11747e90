import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { packageRoot } from '../package-root.js'
import { cachedDataset, sha256, type CacheOptions } from './cache.js'
import { DATASETS, isDatasetName, type DatasetName } from './datasets.js'
import { ProblemFormatError, ProblemHashError, ProblemOptionError, ProblemSourceError } from './errors.js'
import { problemFromRow, type ProblemColumns } from './layouts.js'
import type { Problem } from './problem.js'
import { readRows } from './rows.js'

/** Options of {@link loadProblems}. */
export interface LoadProblemsOptions extends CacheOptions {
  /** At most this many problems, from the start. */
  readonly limit?: number
  /** For your own files: what the file calls each field, where it differs from {@link Problem}. */
  readonly columns?: ProblemColumns
  /**
   * The SHA-256 (hexadecimal) that the file or download must have, to pin a set for good. The publishers give none;
   * without this, a download must be what the first one was.
   */
  readonly sha256?: string
}

/** A problem set: the bundled one, a published one (downloaded on first use, then cached), or a file's path. */
export type ProblemSource = 'embedded' | DatasetName | (string & {})

/** Is it the name of a problem set, and not a file's path? */
export function isProblemSetName(name: string): boolean {
  return name === 'embedded' || isDatasetName(name)
}

/**
 * Loads problems.
 *
 * `'embedded'` is bundled with the package. `'mbpp'` (974 problems), `'mbpp-sanitized'` (427) and `'humaneval'`
 * (164) are downloaded from their publishers' repositories on first use and then read from the user's cache.
 * Anything else is the path of a JSON array, a JSONL file or (`.csv`) a CSV file in one of MBPP's two layouts or
 * HumanEval's, or with names of its own; it may be compressed by gzip. Lists in cells of a CSV file are JSON arrays or
 * Python lists; any other text there is a list of one. Line ends become `\n`; `test_imports` join `test_setup_code`.
 *
 * @example
 * const problems = await loadProblems('embedded', { limit: 20 })
 * const own = await loadProblems('tasks.csv', { columns: { text: 'question', code: 'solution' } })
 * @throws ProblemSourceError for neither a known name nor a readable file
 * @throws ProblemFormatError naming the row and field that is wrong
 * @throws ProblemDownloadError where a published set is neither cached nor reachable
 * @throws ProblemCacheError, ProblemHashError where it is not the file it was, or should be
 */
export async function loadProblems(
  source: ProblemSource = 'embedded',
  options: LoadProblemsOptions = {},
): Promise<Problem[]> {
  const { limit = Infinity } = options
  if (limit !== Infinity && !(Number.isInteger(limit) && limit >= 0))
    throw new ProblemOptionError('limit', limit, 'a whole number, 0 or more')
  const problems = isDatasetName(source)
    ? await publishedProblems(source, options)
    : problemsFrom(checked(await readSource(source), source, options.sha256), source, options.columns)
  return problems.slice(0, limit)
}

async function publishedProblems(name: DatasetName, options: LoadProblemsOptions): Promise<Problem[]> {
  const dataset = await cachedDataset(name, options)
  const problems = problemsFrom(checked(dataset.bytes, dataset.file, options.sha256), dataset.file)
  const { rows } = DATASETS[name]
  if (problems.length !== rows)
    throw new ProblemFormatError(
      dataset.file,
      null,
      null,
      `found ${problems.length} rows; ${name} has ${rows}.`,
    )
  await dataset.keep()
  return problems
}

function problemsFrom(bytes: Buffer, source: string, columns?: ProblemColumns): Problem[] {
  const content = isGzip(bytes) ? gunzipSync(bytes) : bytes
  return readRows(content.toString('utf8'), source).map((row) => problemFromRow(row, columns))
}

function checked(bytes: Buffer, source: string, expected: string | undefined): Buffer {
  const given = sha256(bytes)
  if (expected !== undefined && expected.toLowerCase() !== given)
    throw new ProblemHashError(source, expected, given)
  return bytes
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function readSource(source: string): Promise<Buffer> {
  try {
    return await readFile(source === 'embedded' ? embeddedFile() : source)
  } catch (error) {
    throw new ProblemSourceError(source, ['embedded', ...Object.keys(DATASETS)], { cause: error })
  }
}

function embeddedFile(): string {
  return join(packageRoot(), 'data', 'problems', 'embedded.jsonl')
}
