import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect } from 'vitest'
import { QueueProcess } from '../../../bench/lib/queue-process.js'
import type { QueueChildOptions } from '../../../bench/lib/queue-work.js'
import { hasRedisServer, RedisServer, type RedisServerOptions } from '../../../bench/lib/redis-server.js'
import { stubSweep, type StubSweep } from '../../../bench/lib/stub-sweep.js'
import { dumpStudy } from '../../../bench/lib/study-kills.js'
import { built } from '../../kernel/built.js'

export const hasRedis = hasRedisServer()
if (!hasRedis)
  console.warn('The queue is not tested: there is no redis-server (apt-get install redis-server).')

/** A coordinator told of every unit once. */
export function expectEachOnce(coordinator: QueueProcess, units: number): void {
  const ids = coordinator.all('unit').map(({ taskId }) => taskId as number)
  expect(ids.sort((a, b) => a - b)).toEqual(Array.from({ length: units }, (_, index) => index + 1))
}

/** What the tests of a file use: a folder, and for each test a redis-server and processes, which end with it. */
export class QueueTests {
  readonly root = mkdtempSync(join(tmpdir(), 'nir-queue-'))
  /** Of the running test. */
  processes: QueueProcess[] = []
  #redis: RedisServer | undefined

  constructor() {
    afterAll(() => {
      rmSync(this.root, { recursive: true })
    })
    afterEach(async () => {
      for (const one of this.processes) one.kill('SIGKILL')
      await Promise.all(this.processes.map((one) => one.end()))
      this.processes = []
      await this.#redis?.close()
    })
  }

  async startRedis(options?: RedisServerOptions): Promise<RedisServer> {
    return (this.#redis = await RedisServer.start(options))
  }

  newStudy(): string {
    return join(mkdtempSync(join(this.root, 'study-')), 'study')
  }

  /** A process of the build. */
  run(script: string, args: readonly string[], environment: NodeJS.ProcessEnv): QueueProcess {
    const one = new QueueProcess([join(built(), script), ...args], environment)
    this.processes.push(one)
    return one
  }

  /** A coordinator or worker of the running redis-server, by default with the stub generator. */
  start(command: 'coordinate' | 'work', options: Partial<QueueChildOptions> = {}): QueueProcess {
    const json = JSON.stringify({ mode: 'stub', ...options })
    return this.run('bench/lib/queue-child.js', [command, json], { NIR_REDIS_URL: this.#redis!.url })
  }

  /** `nir`, with its log as JSON. */
  nir(args: readonly string[], environment: NodeJS.ProcessEnv = {}): QueueProcess {
    return this.run('src/cli/main.js', [...args, '--json'], environment)
  }

  /** A study of the stub generator made in process: what any queue must come to. */
  async madeInProcess(units: number, sweep: Partial<StubSweep> = {}): Promise<Record<string, string[]>> {
    const folder = this.newStudy()
    await stubSweep(folder, { taskIds: Array.from({ length: units }, (_, index) => index + 1), ...sweep })
    return dumpStudy(folder)
  }
}
