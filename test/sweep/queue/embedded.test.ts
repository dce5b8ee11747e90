import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EMBEDDED } from '../../../bench/lib/queue-work.js'
import { dumpStudy } from '../../../bench/lib/study-kills.js'
import { createSession, openStudy, studyStatus } from '../../../src/index.js'
import { hasRedis, QueueTests } from './queue-tests.js'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.warn('TLS to Redis is not tested: there is no openssl.')

const tests = new QueueTests()
const { root } = tests

describe.skipIf(!hasRedis)('the embedded model', () => {
  it('gives by two workers, one of them killed, what it gives in process', async () => {
    const redis = await tests.startRedis()
    const folder = join(root, 'queue')
    const environment = { NIR_REDIS_URL: redis.url }
    const units = 12
    const coordinator = tests.start('coordinate', { mode: 'embedded', folder, units, patience: 3000 })
    const [killed, other] = [
      tests.nir(['worker', '--concurrency', '1'], environment),
      tests.nir(['worker'], environment),
    ]
    await Promise.all([killed.until('working'), coordinator.until('unit', 2)])
    killed.kill('SIGKILL')
    expect(await coordinator.end()).toBe(0)
    expect(await other.end()).toBe(0)
    expect(await studyStatus(folder)).toMatchObject({
      lastRun: 'done',
      units: { done: units, total: units },
      generationsPerSecond: expect.any(Number) as number,
    })

    const study = await openStudy(folder)
    const report = (await study.report()).toText()
    await study.close()
    expect(report).toMatch(
      new RegExp(`machines +${hostname()} \\(.*computes on \\w+, Node v[\\d.]+\\): ${units} units\n`),
    )
    expect(report).not.toContain('undefined')

    const session = await createSession({ exact: true })
    const problems = await session.problems('embedded', { limit: units })
    await session.sweep({ ...EMBEDDED, problems, study: join(root, 'process') })
    await session.close()
    expect(await dumpStudy(folder)).toEqual(await dumpStudy(join(root, 'process')))
  }, 300_000)
})

describe.skipIf(!hasRedis)('a coordinator whose Redis is away', () => {
  it('ends on SIGINT', async () => {
    const redis = await tests.startRedis()
    const args = ['sweep', '--study', join(root, 'away'), '--limit', '2', '--queue', redis.url]
    const coordinator = tests.nir(args)
    await coordinator.until('queue')
    await redis.kill()
    await coordinator.until('redis-lost')
    coordinator.kill('SIGINT')
    expect(await coordinator.end()).toBe(130)
    expect(coordinator.all('end')[0]).toMatchObject({ state: 'stopped' })
  }, 300_000) // the first to need the build
})

describe.skipIf(!hasRedis || !hasOpenssl)('a Redis with a user, a password and TLS', () => {
  const password = 'pa/ss:w0rd-of-the-queue'
  const encoded = encodeURIComponent(password)

  it('is used by nir sweep and nir worker, and nothing that is shown or stored has the password', async () => {
    const [certificate, key] = [join(root, 'certificate.pem'), join(root, 'key.pem')]
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate],
      ],
      { stdio: 'ignore' },
    )
    const rights = ['on', `>${password}`, '~nir:*', '&*', '+@all', '-@dangerous', '+info']
    const redis = await tests.startRedis({
      password: 'of-the-owner',
      tls: { certificate, key, authority: certificate },
      more: ['--user', 'worker', ...rights],
    })
    const url = `rediss://worker:${encoded}@127.0.0.1:${redis.port}/0`
    const trusting = { NIR_REDIS_CA: certificate }
    const study = join(root, 'secret')
    const sweep = [
      '--limit',
      '2',
      '--layers',
      'original,0',
      '--max-tokens',
      '16',
      '--max-thinking-tokens',
      '16',
    ]
    const coordinator = tests.nir(['sweep', '--study', study, ...sweep, '--queue', 'env'], {
      ...trusting,
      NIR_REDIS_URL: url,
    })
    const worker = tests.nir(['worker', url], trusting)
    await worker.until('working')
    const shown = readFileSync(`/proc/${worker.pid}/cmdline`, 'utf8')
    expect(await coordinator.end()).toBe(0)
    expect(await worker.end()).toBe(0)

    const again = tests.nir(['sweep', '--study', study, ...sweep, '--queue', 'env'], {
      ...trusting,
      NIR_REDIS_URL: url,
    })
    expect(await again.end()).toBe(0)
    expect(again.all('end')[0]).toMatchObject({ state: 'done', generations: 4 }) // nothing was left to do

    const wrong = tests.nir(['worker', url.replace(encoded, `${encoded}-wrong`)], trusting)
    expect(await wrong.end()).toBe(1)
    expect(wrong.noise.join()).toMatch(/WRONGPASS/)
    const distrusting = tests.nir(['worker', url], {})
    expect(await distrusting.end()).toBe(1)
    expect(distrusting.noise.join()).toMatch(/self-signed certificate/)
    const mistyped = tests.nir(['worker', url.replace('rediss', 'http')], trusting)
    expect(await mistyped.end()).toBe(2)

    writeFileSync(
      join(study, 'said'),
      JSON.stringify(tests.processes.map(({ said, noise }) => [said, noise])),
    )
    writeFileSync(join(study, 'cmdline'), shown)
    for (const file of readdirSync(study))
      for (const secret of [password, encoded, 'w0rd-of-the'])
        expect(readFileSync(join(study, file)).includes(secret), `${file} has ${secret}`).toBe(false)
  }, 120_000)
})
