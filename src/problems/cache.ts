import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DATASET_HOME, DATASETS, type DatasetName } from './datasets.js'
import { ProblemCacheError, ProblemDownloadError } from './errors.js'

/** Where downloads come from and go to. */
export interface CacheOptions {
  /** A mirror, in place of `https://raw.githubusercontent.com`. */
  readonly baseUrl?: string
  /** Default: `nir-lab/problems` under `XDG_CACHE_HOME`, or under `~/.cache`. */
  readonly cacheFolder?: string
}

/** The bytes of a published data set, with the file they are kept in. */
export interface CachedDataset {
  readonly bytes: Buffer
  readonly file: string
  /** Writes a fresh download, with its SHA-256, to the cache. */
  keep(): Promise<void>
}

const READ_ONLY = new Set<string | undefined>(['EACCES', 'EPERM', 'EROFS', 'ENOSPC'])
const TIMEOUT_MS = 60_000

/**
 * A data set from the cache, or downloaded. The publishers give no checksums: the SHA-256 of the first download
 * is kept beside the file, and later reads must match it.
 *
 * @throws ProblemDownloadError where it is neither cached nor reachable
 * @throws ProblemCacheError where the cached file has changed since
 */
export async function cachedDataset(name: DatasetName, options: CacheOptions = {}): Promise<CachedDataset> {
  const file = join(options.cacheFolder ?? defaultCacheFolder(), DATASETS[name].file)
  const kept = await readFile(file).catch(missing)
  if (kept) {
    await verify(file, kept)
    return { bytes: kept, file, keep: () => Promise.resolve() }
  }
  const bytes = await download(`${options.baseUrl ?? DATASET_HOME}/${DATASETS[name].path}`, file)
  return { bytes, file, keep: () => keep(file, bytes) }
}

function defaultCacheFolder(): string {
  const home = process.env['XDG_CACHE_HOME']
  return join(home?.startsWith('/') ? home : join(homedir(), '.cache'), 'nir-lab', 'problems')
}

async function verify(file: string, bytes: Buffer): Promise<void> {
  const expected = (await readFile(`${file}.sha256`, 'utf8').catch(missing))?.trim()
  if (expected !== undefined && expected !== sha256(bytes))
    throw new ProblemCacheError(file, expected, sha256(bytes))
}

async function download(url: string, file: string): Promise<Buffer> {
  let detail: string
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (response.ok) return Buffer.from(await response.arrayBuffer())
    detail = `the server answered ${response.status} ${response.statusText}`.trim()
  } catch (error) {
    throw new ProblemDownloadError(url, reason(error as Error), file, { cause: error })
  }
  throw new ProblemDownloadError(url, detail, file)
}

function reason(error: Error): string {
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

async function keep(file: string, bytes: Buffer): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}.sha256`, `${sha256(bytes)}\n`)
    const part = `${file}.${process.pid}.part`
    await writeFile(part, bytes)
    await rename(part, file)
  } catch (error) {
    // Where the cache cannot be written, the next run downloads again.
    if (!READ_ONLY.has((error as NodeJS.ErrnoException).code)) throw error
  }
}

/** Hexadecimal. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
  return undefined
}
