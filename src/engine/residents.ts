import type { Context } from './layout.js'

/** A context in the cache, or on its way into it. */
export interface Resident {
  readonly context: Context
  readonly sequence: number
  /** All its rows are in the cache. */
  ready: boolean
  /** Jobs that need it. */
  users: number
}

/** The contexts that jobs share: each is in the cache once, as long as some job needs it. */
export class Residents {
  readonly #residents = new Map<string, Resident>()

  /** Those of `contexts` that are neither in the cache nor on their way. */
  missing(contexts: readonly Context[]): Context[] {
    return contexts.filter(({ key }) => !this.#residents.has(key))
  }

  add(context: Context, sequence: number): Resident {
    const resident = { context, sequence, ready: false, users: 0 }
    this.#residents.set(context.key, resident)
    return resident
  }

  sequenceOf(context: Context): number {
    return this.#get(context).sequence
  }

  areReady(contexts: readonly Context[]): boolean {
    return contexts.every((context) => this.#get(context).ready)
  }

  retain(contexts: readonly Context[]): void {
    for (const context of contexts) this.#get(context).users++
  }

  /** @returns the residents that nobody needs any more; they are forgotten. */
  release(contexts: readonly Context[]): Resident[] {
    const idle: Resident[] = []
    for (const context of contexts) {
      const resident = this.#get(context)
      if (--resident.users > 0) continue
      this.#residents.delete(context.key)
      idle.push(resident)
    }
    return idle
  }

  #get(context: Context): Resident {
    return this.#residents.get(context.key)!
  }
}
