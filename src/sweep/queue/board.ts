import type { Redis } from 'ioredis'
import { settingsHash, type StudySettings } from '../store/settings.js'
import { PREFIX } from './connect.js'
import { isHandedOut } from './lease.js'

/** What Redis says of a study whose units are in a queue. */
export interface StudyNotice {
  /** The study's folder, for people. */
  readonly title: string
  readonly settings: StudySettings
  /** Milliseconds after which a worker that is not heard of counts as dead. */
  readonly patience: number
  readonly state: 'open' | 'done'
  /** ISO 8601. */
  readonly since: string
}

/** What a worker says of itself. */
export interface Presence {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly state: 'working' | 'draining' | 'refused'
  /** Another number at every sign of life. */
  readonly beat: number
  /** Units that it generates at once. */
  readonly slots: number
  /** Why it was refused. */
  readonly reason?: string
  /** What its machine lacks, a line each: some columns are empty for it. */
  readonly lacks: readonly string[]
}

const STUDIES = `${PREFIX}:studies`
/** Milliseconds for which workers are told that a study is done. */
const REMEMBERED = 24 * 3600_000

/** Name of a study's queue. */
export function queueName(settings: StudySettings): string {
  return settingsHash(settings).slice(0, 16)
}

/** What studies and workers tell each other in Redis, beside the jobs. */
export class Board {
  constructor(private readonly redis: Redis) {}

  /** Makes a study known; forgets those that were done long ago. */
  async publish(notice: StudyNotice): Promise<void> {
    for (const [name, other] of Object.entries(await this.studies()))
      if (other.state === 'done' && Date.parse(other.since) < Date.now() - REMEMBERED)
        await this.redis.hdel(STUDIES, name)
    await this.redis.hset(STUDIES, queueName(notice.settings), JSON.stringify(notice))
  }

  /** All studies, by the names of their queues. */
  async studies(): Promise<Record<string, StudyNotice>> {
    const found = await this.redis.hgetall(STUDIES)
    return Object.fromEntries(
      Object.entries(found).map(([name, text]) => [name, JSON.parse(text) as StudyNotice]),
    )
  }

  /** Those that a coordinator hands out now; one that was killed leaves its study open for as long as nobody goes on. */
  async openStudies(): Promise<[queue: string, notice: StudyNotice][]> {
    const open = Object.entries(await this.studies()).filter(([, { state }]) => state === 'open')
    const isAlive = await Promise.all(open.map(([queue]) => isHandedOut(this.redis, queue)))
    return open.filter((_, index) => isAlive[index])
  }

  async study(queue: string): Promise<StudyNotice | null> {
    const text = await this.redis.hget(STUDIES, queue)
    return text === null ? null : (JSON.parse(text) as StudyNotice)
  }

  async announce(queue: string, presence: Presence): Promise<void> {
    await this.redis.hset(workersOf(queue), presence.id, JSON.stringify(presence))
  }

  async withdraw(queue: string, id: string): Promise<void> {
    await this.redis.hdel(workersOf(queue), id)
  }

  async workers(queue: string): Promise<Presence[]> {
    return Object.values(await this.redis.hgetall(workersOf(queue))).map(
      (text) => JSON.parse(text) as Presence,
    )
  }
}

const workersOf = (queue: string) => `${PREFIX}:${queue}:nir-workers`
