import { expect, it } from 'vitest'
import { redisAddress } from '../../../src/sweep/index.js'

it('reads host, port, database, user and password, and shows neither user nor password', () => {
  const { options, label, redact } = redisAddress('redis://us%40er:p%2Fw@example.org:7000/3', {})
  expect(options).toEqual({ host: 'example.org', port: 7000, db: 3, username: 'us@er', password: 'p/w' })
  expect(label).toBe('redis://example.org:7000/3')
  expect(redact('it said p/w, or p%2Fw')).toBe('it said …, or …')
})

it('takes the URL of NIR_REDIS_URL where none is given', () => {
  const { options, label } = redisAddress(undefined, { NIR_REDIS_URL: 'rediss://[::1]' })
  expect(options).toEqual({ host: '::1', port: 6379, db: 0, tls: {} })
  expect(label).toBe('rediss://[::1]:6379/0')
})

it.each([
  [undefined, /No Redis is named/],
  ['secret@host', /cannot be read/],
  ['https://:secret@host', /begins with https:/],
  ['redis://:secret@host/secret', /names a database that is not a number/],
  ['redis://:secret%@host', /has a % in its user or password/],
  ['redis://:secret@host/0?secret=secret', /has something after the database/],
])('refuses %j without repeating it', (url, said) => {
  let message = ''
  try {
    redisAddress(url, {})
  } catch (error) {
    message = (error as Error).message
    expect(error).toMatchObject({ code: 'REDIS_URL_INVALID' })
  }
  expect(message).toMatch(said)
  expect(message).not.toContain('secret')
})
