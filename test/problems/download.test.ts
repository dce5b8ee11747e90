import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  loadProblems,
  ProblemCacheError,
  ProblemDownloadError,
  ProblemFormatError,
  ProblemHashError,
} from '../../src/problems/index.js'

const PATH = '/google-research/google-research/master/mbpp/mbpp.jsonl'

let server: Server
let cacheFolder: string
let baseUrl: string
let requests: string[]
let body: string

function rows(count: number): string {
  const row = (task_id: number) => ({
    task_id,
    text: 't',
    code: 'c',
    test_list: ['assert f'],
    test_setup_code: '',
  })
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(row(index + 1))}\n`).join('')
}

beforeEach(async () => {
  requests = []
  body = rows(974)
  cacheFolder = await mkdtemp(join(tmpdir(), 'nir-cache-'))
  server = createServer((request, response) => {
    requests.push(request.url!)
    response.statusCode = request.url === PATH ? 200 : 404
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.close()
  await rm(cacheFolder, { recursive: true })
})

test('is downloaded once, and then read offline', async () => {
  expect(await loadProblems('mbpp', { baseUrl, cacheFolder })).toHaveLength(974)
  server.close()
  expect(await loadProblems('mbpp', { baseUrl, cacheFolder, limit: 3 })).toHaveLength(3)
  expect(requests).toEqual([PATH])
})

test('a download with another number of rows is refused and not kept', async () => {
  body = rows(973)
  await expect(loadProblems('mbpp', { baseUrl, cacheFolder })).rejects.toThrow(/found 973 rows; mbpp has 974/)
  body = rows(974)
  expect(await loadProblems('mbpp', { baseUrl, cacheFolder })).toHaveLength(974)
})

test('a page that is not the data set is refused', async () => {
  body = '<html>Sign in</html>'
  await expect(loadProblems('mbpp', { baseUrl, cacheFolder })).rejects.toThrow(ProblemFormatError)
})

test('a cached file that has changed is refused', async () => {
  await loadProblems('mbpp', { baseUrl, cacheFolder })
  const kept = join(cacheFolder, 'mbpp.jsonl')
  expect((await readFile(`${kept}.sha256`, 'utf8')).trim()).toMatch(/^[0-9a-f]{64}$/)
  await writeFile(kept, body.replace('"t"', '"u"'))
  await expect(loadProblems('mbpp', { baseUrl, cacheFolder })).rejects.toThrow(ProblemCacheError)
})

test('a download of another hash than the one asked for is refused and not kept', async () => {
  const wrong = loadProblems('mbpp', { baseUrl, cacheFolder, sha256: '0'.repeat(64) })
  await expect(wrong).rejects.toThrow(ProblemHashError)
  expect(await readdir(cacheFolder)).toEqual([])
  const sha256 = createHash('sha256').update(body).digest('hex')
  expect(await loadProblems('mbpp', { baseUrl, cacheFolder, sha256 })).toHaveLength(974)
})

test('a file put into the cache by hand is read', async () => {
  await writeFile(join(cacheFolder, 'mbpp.jsonl'), body)
  expect(await loadProblems('mbpp', { baseUrl, cacheFolder })).toHaveLength(974)
  expect(requests).toEqual([])
})

test('offline, the error says which URL and where to put the file', async () => {
  server.close()
  const error = await loadProblems('mbpp', { baseUrl, cacheFolder }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProblemDownloadError)
  expect(error).toMatchObject({ code: 'PROBLEM_DOWNLOAD', url: baseUrl + PATH })
  expect((error as Error).message).toContain(join(cacheFolder, 'mbpp.jsonl'))
})

test('an answer that is not 200 is an error', async () => {
  await expect(loadProblems('humaneval', { baseUrl, cacheFolder })).rejects.toThrow(/answered 404/)
})

test('the cache follows XDG_CACHE_HOME', async () => {
  const before = process.env['XDG_CACHE_HOME']
  process.env['XDG_CACHE_HOME'] = cacheFolder
  try {
    await loadProblems('mbpp', { baseUrl })
    expect(await readFile(join(cacheFolder, 'nir-lab', 'problems', 'mbpp.jsonl'), 'utf8')).toBe(body)
  } finally {
    if (before === undefined) delete process.env['XDG_CACHE_HOME']
    else process.env['XDG_CACHE_HOME'] = before
  }
})
