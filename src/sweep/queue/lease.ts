import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
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

/** In a study's folder: the id of the coordinator that had it last. */
const FILE = 'coordinator-id'

/** Who has a lease. Containers may have host, process and folder in common. */
interface Holder {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly folder: string
}

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
    id: string,
    private readonly folder: string,
    private readonly patience: number,
  ) {
    this.#key = keyOf(queue)
    this.#holder = JSON.stringify({ id, host: hostname(), pid: process.pid, folder } satisfies Holder)
  }

  /**
   * Takes it, waiting as long as a dead coordinator seems alive. The one that left its id in this study's folder is dead,
   * and not waited for: the study's file, which this process holds, can be held by one process only.
   * @throws {@link QueueError} `QUEUE_IN_USE`.
   */
  static async take(redis: Redis, queue: string, folder: string, patience: number): Promise<Lease> {
    const id = randomUUID()
    const before = replaceId(folder, id)
    const lease = new Lease(redis, queue, id, folder, patience)
    const until = Date.now() + patience + 1000
    for (;;) {
      const holder = await lease.#tryRenew()
      if (holder === null) return lease
      const other = JSON.parse(holder) as Holder
      if (lease.#isSucceeding(other, before)) await release(redis, lease.#key, holder)
      else if (Date.now() > until) throw lease.#inUse(holder)
      else await sleep(200)
    }
  }

  /**
   * Had the other this very study? Its id alone does not tell: a copy of the folder has it too, and on a network disk
   * whose locks do not work it may live on another host.
   */
  #isSucceeding({ id, host, folder }: Holder, before: string | null): boolean {
    return id === before && host === hostname() && folder === this.folder
  }

  /** @throws {@link QueueError} `QUEUE_IN_USE` where another has it by now. */
  async renew(): Promise<void> {
    const holder = await this.#tryRenew()
    if (holder !== null) throw this.#inUse(holder)
  }

  async release(): Promise<void> {
    await release(this.redis, this.#key, this.#holder)
  }

  /** Gives who has it, if not this process. */
  async #tryRenew(): Promise<string | null> {
    return (await this.redis.eval(RENEW, 1, this.#key, this.#holder, this.patience)) as string | null
  }

  #inUse(holder: string): QueueError {
    const { host, folder, pid } = JSON.parse(holder) as Holder
    return new QueueError(
      'QUEUE_IN_USE',
      `The queue of this study is handed out by process ${pid} on ${host}, into '${folder}'; this is '${this.folder}'.`,
      'Wait until it is done or end it, or work on other settings.',
    )
  }
}

async function release(redis: Redis, key: string, holder: string): Promise<void> {
  await redis.eval(RELEASE, 1, key, holder)
}

/** Leaves an id in a study's folder; gives the one that was there. */
function replaceId(folder: string, id: string): string | null {
  const path = join(folder, FILE)
  const before = readId(path)
  writeFileSync(`${path}.part`, id)
  renameSync(`${path}.part`, path)
  return before
}

function readId(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
