import { basename } from 'node:path'
import type { StudySettings } from '../store/settings.js'
import type { Board, Presence, StudyNotice } from './board.js'
import type { Report } from './event.js'

/** What is known of the study whose workers they are. */
export interface CrewOptions {
  readonly settings: StudySettings
  readonly folder: string
  readonly patience: number
  readonly report: Report
}

interface Member {
  readonly presence: Presence
  /** When its last sign of life came, by this machine's clock: those of others may be wrong. */
  readonly heardAt: number
}

/** The workers of a study, as its coordinator sees them. */
export class Crew {
  readonly #members = new Map<string, Member>()
  readonly #since = new Date().toISOString()

  constructor(
    private readonly board: Board,
    private readonly queue: string,
    private readonly options: CrewOptions,
  ) {}

  get size(): number {
    return this.#members.size
  }

  /** Units that they generate at once. */
  get slots(): number {
    return [...this.#members.values()].reduce((sum, { presence }) => sum + presence.slots, 0)
  }

  /** Makes the study known to workers. */
  async call(): Promise<void> {
    await this.board.publish(this.#notice('open'))
  }

  /** Tells workers that they may go. */
  async dismiss(): Promise<void> {
    await this.board.publish(this.#notice('done'))
  }

  /** Notes who came, who left, who was refused and who is not heard of any more. */
  async look(): Promise<void> {
    const now = performance.now()
    const found = new Map((await this.board.workers(this.queue)).map((one) => [one.id, one]))
    for (const presence of found.values()) {
      const { id, beat, state } = presence
      const known = this.#members.get(id)
      if (state === 'refused') {
        this.#say(
          'warn',
          'worker-refused',
          `Worker ${nameOf(presence)} was refused: ${presence.reason ?? ''}`,
          presence,
        )
        await this.board.withdraw(this.queue, id)
      } else if (known?.presence.beat !== beat) {
        this.#members.set(id, { presence, heardAt: now })
        if (!known) this.#welcome(presence)
      } else if (now - known.heardAt > this.options.patience) {
        this.#members.delete(id)
        this.#say('warn', 'worker-lost', `Worker ${nameOf(presence)} is not heard of any more.`, presence)
        await this.board.withdraw(this.queue, id)
      }
    }
    for (const [id, { presence }] of this.#members) {
      if (found.has(id)) continue
      this.#members.delete(id)
      this.#say('info', 'worker-left', `Worker ${nameOf(presence)} left.`, presence)
    }
  }

  #welcome(presence: Presence): void {
    this.#say('info', 'worker-joined', `Worker ${nameOf(presence)} joined.`, presence)
    for (const lack of presence.lacks)
      this.#say('warn', 'worker-lacks', `Worker ${nameOf(presence)}: ${lack}`, presence)
  }

  #say(level: 'info' | 'warn', event: string, message: string, { host, pid }: Presence): void {
    this.options.report({ level, event, message, details: { host, pid } })
  }

  #notice(state: StudyNotice['state']): StudyNotice {
    const { settings, folder, patience } = this.options
    return { title: basename(folder), settings, patience, state, since: this.#since }
  }
}

const nameOf = ({ host, pid }: Presence) => `${host}:${pid}`
