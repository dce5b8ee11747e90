import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, redisAddress } from '../../src/sweep/index.js'

/** How to start a server. */
export interface RedisServerOptions {
  /** Keep what is written on the disk. Default false: a restart loses everything. */
  readonly durable?: boolean
  readonly password?: string
  /** Files for TLS; plain connections are then refused. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly authority: string }
  readonly more?: readonly string[]
}

/** Is there a redis-server on this machine? */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0
}

/** A redis-server of our own on a free port of this machine, with a folder of its own. */
export class RedisServer {
  #process: ChildProcess | undefined

  private constructor(
    private readonly options: RedisServerOptions,
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(options, await freePort(), mkdtempSync(join(tmpdir(), 'nir-redis-')))
    await server.begin()
    return server
  }

  get url(): string {
    const { password, tls } = this.options
    return `${tls ? 'rediss' : 'redis'}://${password ? `:${password}@` : ''}127.0.0.1:${this.port}/0`
  }

  /** Starts it, again. */
  async begin(): Promise<void> {
    const { durable, password, tls, more = [] } = this.options
    const ports = tls
      ? ['--port', '0', '--tls-port', `${this.port}`, '--tls-auth-clients', 'no']
      : ['--port', `${this.port}`]
    const files = tls
      ? ['--tls-cert-file', tls.certificate, '--tls-key-file', tls.key, '--tls-ca-cert-file', tls.authority]
      : []
    this.#process = spawn(
      'redis-server',
      [
        ...['--bind', '127.0.0.1', '--dir', this.folder, '--save', '', ...ports, ...files],
        ...['--appendonly', durable ? 'yes' : 'no', '--appendfsync', 'always'],
        ...(password ? ['--requirepass', password] : []),
        ...more,
      ],
      { stdio: 'ignore' },
    )
    const address = redisAddress(this.url, tls && { NIR_REDIS_CA: tls.authority })
    for (let tries = 0; ; tries++) {
      try {
        return (await connect(address, () => undefined)).disconnect()
      } catch (error) {
        if (tries > 100) throw error
        await sleep(50)
      }
    }
  }

  /** Ends it: at once, as when the power is cut. */
  async kill(): Promise<void> {
    const server = this.#process
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
