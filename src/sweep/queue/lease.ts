import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { PREFIX } from './connect.js'
import { QueueError } from './errors.js'

const RENEW = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return false`
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`

const keyOf = (queue: string) => `${PREFIX}:${queue}:nir-coordinator`

/** Is there a coordinator that hands out a queue's units? */
export async function isHandedOut(redis: Redis, queue: string): Promise<boolean> {
  return (await redis.exists(keyOf(queue))) > 0
}

/** The right to hand out a queue's units: two coordinators would take each other's results away. */
export class Lease {
  readonly #key: string
  readonly #holder: string

  private constructor(
    private readonly redis: Redis,
    queue: string,
    private readonly folder: string,
    private readonly patience: number,
  ) {
    this.#key = keyOf(queue)
    this.#holder = JSON.stringify({ host: hostname(), folder, pid: process.pid })
  }

  /**
   * Takes it, waiting as long as a dead coordinator seems alive. One of the same study and machine is dead: the study's
   * file, which this process holds, can be held by one process only.
   * @throws {@link QueueError} `QUEUE_IN_USE`.
   */
  static async take(redis: Redis, queue: string, folder: string, patience: number): Promise<Lease> {
    const lease = new Lease(redis, queue, folder, patience)
    const until = Date.now() + patience + 1000
    for (;;) {
      const holder = await lease.#tryRenew()
      if (holder === null) return lease
      const { host, folder: other } = JSON.parse(holder) as { host: string; folder: string }
      if (host === hostname() && other === folder) await redis.del(lease.#key)
      else if (Date.now() > until) throw lease.#inUse(holder)
      else await sleep(200)
    }
  }

  /** @throws {@link QueueError} `QUEUE_IN_USE` where another has it by now. */
  async renew(): Promise<void> {
    const holder = await this.#tryRenew()
    if (holder !== null) throw this.#inUse(holder)
  }

  async release(): Promise<void> {
    await this.redis.eval(RELEASE, 1, this.#key, this.#holder)
  }

  /** Gives who has it, if not this process. */
  async #tryRenew(): Promise<string | null> {
    return (await this.redis.eval(RENEW, 1, this.#key, this.#holder, this.patience)) as string | null
  }

  #inUse(holder: string): QueueError {
    const { host, folder, pid } = JSON.parse(holder) as { host: string; folder: string; pid: number }
    return new QueueError(
      'QUEUE_IN_USE',
      `The queue of this study is handed out by process ${pid} on ${host}, into '${folder}'; this is '${this.folder}'.`,
      'Wait until it is done or end it, or work on other settings.',
    )
  }
}
