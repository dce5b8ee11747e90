import { readFileSync } from 'node:fs'
import type { RedisOptions } from 'ioredis'
import { QueueError } from './errors.js'

/** Where a Redis is, and how to log in. Its label and its redacted texts are fit to be shown. */
export interface RedisAddress {
  /** Host, port and database. */
  readonly label: string
  readonly options: RedisOptions
  /** Takes the secrets out of a text. */
  redact(text: string): string
}

const EXPECTED =
  'Write redis://host:6379, or rediss://user:password@host:6379/0 for TLS; NIR_REDIS_URL keeps it off the command line.'

/**
 * Reads a URL, by default that of `NIR_REDIS_URL`. Certificates of an authority of one's own are in the file that
 * `NIR_REDIS_CA` names.
 * @throws {@link QueueError} `REDIS_URL_INVALID`, which does not repeat the URL.
 */
export function redisAddress(
  url: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): RedisAddress {
  const given = url ?? environment['NIR_REDIS_URL']
  if (!given) throw new QueueError('REDIS_URL_INVALID', 'No Redis is named.', EXPECTED)
  const { protocol, hostname, port, pathname, username, password } = parse(given)
  const options: RedisOptions = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    db: Number(pathname.slice(1)),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: certificates(environment['NIR_REDIS_CA']) }),
  }
  const secrets = new Set([password, decodeURIComponent(password)].filter(Boolean))
  return {
    label: `${protocol}//${hostname}:${options.port}/${options.db}`,
    options,
    redact: (text) => [...secrets].reduce((all, secret) => all.replaceAll(secret, '…'), text),
  }
}

function parse(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : null
  const fault =
    parsed === null
      ? 'cannot be read'
      : !/^rediss?:$/.test(parsed.protocol)
        ? `begins with ${parsed.protocol}//`
        : parsed.hostname === ''
          ? 'names no host'
          : !/^\/?\d*$/.test(parsed.pathname)
            ? 'names a database that is not a number'
            : parsed.search || parsed.hash
              ? 'has something after the database'
              : !isDecodable(parsed.username + parsed.password)
                ? 'has a % in its user or password that is not written %25'
                : null
  if (parsed && fault === null) return parsed
  throw new QueueError('REDIS_URL_INVALID', `The URL of Redis ${fault}.`, EXPECTED)
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function certificates(path: string | undefined): { ca?: Buffer } {
  if (!path) return {}
  try {
    return { ca: readFileSync(path) }
  } catch (error) {
    throw new QueueError(
      'REDIS_URL_INVALID',
      `NIR_REDIS_CA names '${path}', which cannot be read: ${(error as Error).message}.`,
      'Give the path of a file with certificates (PEM).',
    )
  }
}
